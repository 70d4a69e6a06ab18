import { scriptBytesMax } from '../core/limits.ts';

/** A body holds at most two edited scripts in JSON's escapes, with room. */
export const bodyBytesMax = scriptBytesMax * 8;
/** Of machines named beside a request: a hundred names fit, and longer lists are what labels are for. */
export const selectorCharsMax = 4_000;
/** Tasks in one page of a list. */
export const pageTasksMax = 100;
/** Bytes of output in one answer; the next call goes on from there. */
export const outputPageBytesMax = 1024 * 1024;
/** Open event streams; each holds a socket and a listener. */
export const eventStreamsMax = 200;
/** A comment at this interval keeps proxies from closing a quiet stream. */
export const eventPingMs = 15_000;
/**
 * What a reader may leave unread before its stream waits for it. One that leaves as much unread from one ping to the
 * next is ended; it comes back with its Last-Event-ID.
 */
export const eventBufferBytesMax = 1024 * 1024;
/** Entries of the audit log in one answer; the next page goes on before the last of them. */
export const pageAuditMax = 500;
/** Of a name that the log is searched for: longer than any actor or machine is called. */
export const searchCharsMax = 200;
/**
 * Downloads of the agent at one time, each an open file and its socket; anyone on the network may ask for one. A fleet that joins
 * by a script waits its turn: curl tries again when told when.
 */
export const agentDownloadsAtOnceMax = 32;
/** Of those of one network (an IPv4 address, a /64 of IPv6): half, so that one that reads slowly leaves room for others. */
export const agentDownloadsOfOneMax = 16;
/** Machines that /metrics tells one by one, eight series each; past it a scrape would be megabytes. */
export const machineSeriesMax = 1_000;
/** Of a machine's name in an address or a body; what is longer is none. */
export const nameCharsMax = 100;
/** Of a label's key or value, as nameCharsMax. */
export const labelCharsMax = 100;
/** Why a machine is suspended: a line beside its name. */
export const reasonCharsMax = 300;
/** Nobody who downloads has anything to say. */
export const downloadBodyBytesMax = 1_024;
/** Of what a chat platform sends: an interaction carries the view with its script in URL escapes; anyone may try the address. */
export const chatBodyBytesMax = 1024 * 1024;
/** Of a hook's delivery, unpacked: Alertmanager's groups of a thousand alerts are under 1 MB. */
export const hookBodyBytesMax = 2 * 1024 * 1024;
/**
 * Deliveries of one hook: in one go, and from then on in a second. Far above what grouped alerts need, as a refused one may be lost:
 * Alertmanager gives up at a 429. Only a sender that runs wild meets it.
 */
export const hookBurstMax = 5_000;
export const hookPerSecondMax = 1_000;
/** Wrong tokens of one network: more is somebody who tries, and hears no more than to come back later. */
export const strangersBurstMax = 20;
export const strangersPerSecondMax = 0.2;
/** Who is counted at a time; past it the ones that came longest ago are forgotten. */
export const ratesKeptMax = 10_000;
/** Of a secret, which sources show or sign with. */
export const secretCharsMin = 8;
export const secretCharsMax = 500;
/** When to come again after a fault of ours: SNS, Alertmanager and their like try for much longer. */
export const hookFaultRetryMs = 5_000;
/** Of each text of a runbook that is kept; what the runbook itself takes is less, and said with its sentence. */
export const keepTextCharsMax = 1_000;
/** Examples, and parameters. */
export const keepListMax = 20;
