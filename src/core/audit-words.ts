import type { AuditEntry } from './audit.ts';

/** What an entry says happened, after the name of who did it. A kind that stands in none of these is shown as it is. */
const words: { readonly [kind: string]: string } = {
  'task.create': 'asked',
  'task.propose': 'proposed a script',
  'task.ask': 'asked which machine is meant',
  'task.choose': 'chose the machine',
  'task.fail': 'found no script',
  'task.refuse': 'refused it by policy',
  'task.distrust': 'found that somebody had changed it in the database',
  'task.edit': 'edited the script',
  'task.approve': 'approved the script',
  'task.reject': 'rejected the script',
  'task.expire': 'let it expire: nobody decided in time',
  'task.cancel': 'cancelled it',
  'task.continue': 'let the waiting machines run too',
  'task.stop': 'left the waiting machines alone',
  'task.answer': 'answered',
  'task.correct': 'corrected the answer',
  'run.release': 'released the run',
  'run.skip': 'skipped the run',
  'run.send': 'sent the order',
  'run.resend': 'sent the order again',
  'run.accept': 'noted that the machine has the order',
  'run.start': 'noted that the script started',
  'run.finish': 'noted that the run ended',
  'run.refuse': 'noted that the machine refused the order',
  'run.undeliver': 'gave up delivering the order',
  'run.lose': 'lost track of the run',
  'run.cancel': 'called the run back',
  'run.distrust': 'refused to send an order that was not what is signed',
  'queue.foreign': 'found orders in the queue that it had not put there',
  'key.rotate': 'replaced the signing key',
  'agent.join': 'let a new machine join',
  'agent.online': 'noted that the machine is online',
  'agent.offline': 'noted that the machine is offline',
  'agent.rename': 'gave the machine another name',
  'agent.relabel': 'gave the machine other labels',
  'agent.invite': 'invited a machine',
  'agent.withdraw': 'withdrew an invitation',
  'agent.enrol': 'enrolled a machine',
  'agent.remove': 'removed the machine',
  'agent.suspend': 'suspended the machine',
  'agent.resume': 'let the machine work again',
  'agent.refused': 'turned the machine away: its certificate is not good now',
  'join.refused': 'turned away a machine that wanted to join',
  'agent.witness-conflict': 'was shown that the log is not the one that the machine remembers',
};

export const auditWords = ({ kind, detail }: AuditEntry): string => {
  const said = words[kind] ?? kind;
  return kind === 'run.finish' && typeof detail.to === 'string' ? `${said}: ${detail.to}` : said;
};
