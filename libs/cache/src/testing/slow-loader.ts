/** A loader that counts, and answers when told. */
export function slowLoader() {
  const gates: PromiseWithResolvers<string>[] = [];
  return {
    gates,
    load: () => {
      const gate = Promise.withResolvers<string>();
      gates.push(gate);
      return gate.promise;
    },
  };
}
