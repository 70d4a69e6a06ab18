import { readJoinToken } from './join-token.ts';
import { type Sentence, sentence } from './sentences.ts';

/** What people should know of where a token leads, before they carry it to a machine that can't get there; null else. */
export const reachProblem = (token: string): Sentence | null => {
  const address = readJoinToken(token)?.address;
  return address !== undefined && /^(127\.|localhost:|\[::1\])/i.test(address)
    ? sentence('invite_loopback', { address })
    : null;
};
