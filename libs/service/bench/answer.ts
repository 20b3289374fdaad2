/** An answer without what every server adds by itself. */
export type Answer = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const BY_ITSELF = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/** What a server answers, to be sent again by another. Throws when it is not a good one. */
export async function fetchAnswer(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(url, { headers });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}: ${body}`);
  return {
    headers: Object.fromEntries([...response.headers].filter(([name]) => !BY_ITSELF.has(name))),
    body,
  };
}
