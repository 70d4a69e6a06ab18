import { isSamePlace, threadIncidentOf, threadTaskOf } from '../core/place.ts';
import type { Place } from '../core/task.ts';
import type { Store } from '../ports/store.ts';

/**
 * The machines that a conversation is about, by agent id: those last spoken of in it; before anything was asked in it,
 * those of the card or the incident under which it stands.
 */
export const conversationAgentIds = async (store: Store, place: Place): Promise<string[]> => {
  const last = await store.lastTargets(place);
  if (last.length > 0) return last;
  const task = threadTaskOf(place);
  if (task !== null) return shownTargets(store, task, place);
  const incident = threadIncidentOf(place);
  return incident === null ? [] : incidentAgentIds(store, incident);
};

/** A program may name its threads by any number: the task's card must be shown there. */
const shownTargets = async (store: Store, number: number, place: Place): Promise<string[]> => {
  const posts = await store.listPosts({ kind: 'task', number });
  if (!posts.some((post) => isSamePlace(post.place, place))) return [];
  return (await store.getTask(number))?.task.targets.map(({ agentId }) => agentId) ?? [];
};

const incidentAgentIds = async (store: Store, number: number): Promise<string[]> => {
  const machines = (await store.getIncident(number))?.machines ?? [];
  const agents = await store.listAgents();
  return agents.filter(({ name }) => machines.includes(name)).map(({ id }) => id);
};
