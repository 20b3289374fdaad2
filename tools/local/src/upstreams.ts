/** The addresses of each service's processes. */
export type Upstreams = Readonly<
  Record<'auth' | 'courses' | 'aiTutor', readonly { readonly host: string; readonly port: number }[]>
>;
