import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { currentTraceParent } from './current-trace.ts';
import { addTraceParent, CREATED, type UndiciRequest } from './undici-request.ts';

/** Without spans of its own, a service hands the trace of its caller on to whom it calls by `fetch`. Returns how to stop. */
export function passTracesOn(): () => void {
  const onCreated = (message: unknown) => {
    const header = currentTraceParent();
    if (header !== undefined) addTraceParent((message as { request: UndiciRequest }).request, header);
  };
  subscribe(CREATED, onCreated);
  return () => void unsubscribe(CREATED, onCreated);
}
