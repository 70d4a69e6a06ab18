/** Every bound of drafting and answering with a model: name, unit (last in the name), reason. */

/**
 * From here up a runbook's own script is proposed and no model is asked. Above the retrieval's threshold, because
 * between the two a runbook may be only near to the request; the application may set another when it has measured.
 */
export const strongMatchScoreMin = 0.8;

/** What a slow local model needs for a script, and what a person waits before they look elsewhere. */
export const modelTimeoutMsDefault = 45_000;
/** Tries after the first. More only adds to the load of what is already overloaded. */
export const modelRetriesMaxDefault = 2;
/** All calls, waits and the repair of one draft or one answer. Below a claim's lease, so that nobody takes it over. */
export const modelTotalMsMax = 100_000;
/** The first wait before trying again; doubled each time, then spread so that many servers don't come at once. */
export const backoffMs = 500;
/** A longer wait makes a person wait for what will likely fail again. */
export const backoffMsMax = 8_000;

/** The longest Retry-After that is waited for. Past it a person is better served by a runbook, or by hearing why. */
export const retryAfterMsMax = 20_000;

/** The earlier requests that "and the disk?" can mean; older ones mislead more than they help. */
export const beforeMax = 6;
export const beforeCharsMax = 1_000;
/** Runbooks given as examples. More costs tokens in every draft and blurs what is near. */
export const examplesMax = 3;
/** An example shows style, so its beginning is enough. */
export const exampleScriptCharsMax = 2_000;
/** A reply is a few scripts of a page each in JSON; longer is a model that doesn't stop. */
export const replyCharsMax = 200_000;
/** One or two sentences over the script on a card. */
export const summaryCharsMax = 400;
/** The model's own words inside one of our sentences. */
export const reasonCharsMax = 300;

/** Of each faulty script, sent back with what is wrong; one that is too long would be so again in the prompt. */
export const repairScriptCharsMax = 16_000;

/** How long `bash -n` may take on a script. It takes milliseconds; an aborted draft must end within a second. */
export const syntaxCheckMsMax = 1_000;
/** What is read of its complaints; the first line is shown. */
export const syntaxErrorBytesMax = 4 * 1024;

/** Of the script that ran, shown to the model that reads its output. */
export const scriptExcerptCharsMax = 4_000;
/** Of one stream of one machine: the beginning says what it is, the end how it went. */
export const hostOutputCharsMax = 8_000;
/** The share of those that goes to the beginning. */
export const outputHeadShare = 0.6;
/** All machines' output in one prompt: about a quarter of a small model's context of 32 thousand tokens. */
export const outputsCharsMax = 32_000;
/** Machines whose output is read; the rest is counted, because a share of output each would show nothing of any. */
export const hostsReadMax = 40;
/** Machines beyond those that are named to the model. */
export const hostsNamedMax = 100;
/** One line of output longer than this is a blob; it is cut so that it can't take the room of the others. */
export const lineCharsMax = 1_000;
/** An answer in a thread is a few sentences with quotes; longer is a model that doesn't stop. */
export const answerCharsMax = 12_000;
/** Quoted lines kept for one machine. */
export const evidenceLinesMax = 6;
