import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';

/**
 * Gives a virtual user the address of its school. Limits per address see 60 students behind one, as in life, and not
 * all of them behind 127.0.0.1. It has to be the agent of the scenario: Artillery overwrites one set per request.
 */
export async function useSourceAddress(context) {
  const { sourceAddress } = context.vars;
  if (sourceAddress)
    context._httpAgent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: sourceAddress });
}

/** A closed browser: its connection does not stay for the next virtual user. */
export async function closeConnections(context) {
  context._httpAgent.destroy();
}

/** One of the courses on the page. */
export async function pickCourse(_request, response, context) {
  if (response.statusCode !== 200) return;
  const { courses } = JSON.parse(response.body);
  context.vars.courseId = courses[Math.floor(Math.random() * courses.length)].id;
}

/** An id that no course has. */
export async function pickUnknownId(_request, context) {
  context.vars.unknownId = randomUUID();
}
