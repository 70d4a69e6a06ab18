/** Bounds of Discord: name, unit, reason. What Discord itself bounds cites its page. */

/** Characters over all text displays of one message (https://docs.discord.com/developers/components/reference#text-display). */
export const messageCharsMax = 4_000;
/** Components of one message, nested ones included (https://docs.discord.com/developers/components/reference). */
export const messageComponentsMax = 40;
/** Characters of a component's own id (https://docs.discord.com/developers/components/reference#anatomy-of-a-component). */
export const customIdCharsMax = 100;
/** Characters of a button's label (https://docs.discord.com/developers/components/reference#button). */
export const buttonLabelCharsMax = 80;
/** Buttons of one row (https://docs.discord.com/developers/components/reference#action-row). */
export const rowButtonsMax = 5;
/** Options of one menu, and choices of one autocompletion (https://docs.discord.com/developers/components/reference#string-select). */
export const menuOptionsMax = 25;
/** Characters of an option's label and value, and of an autocompleted choice's (https://docs.discord.com/developers/components/reference#string-select). */
export const optionCharsMax = 100;
/** Characters of a text field in a modal (https://docs.discord.com/developers/components/reference#text-input). */
export const fieldCharsMax = 4_000;
/** Labels, each with one field, of a modal (https://docs.discord.com/developers/interactions/receiving-and-responding). */
export const modalFieldsMax = 5;
/** Characters of a modal's title and of a label (https://docs.discord.com/developers/components/reference#label). */
export const modalTitleCharsMax = 45;
/** Characters of the words under a label (https://docs.discord.com/developers/components/reference#label). */
export const labelWordsCharsMax = 100;
/** Characters of a thread's name (https://docs.discord.com/developers/resources/channel#start-thread-from-message). */
export const threadNameCharsMax = 100;
/** Characters of a nonce (https://docs.discord.com/developers/resources/message#create-message). */
export const nonceCharsMax = 25;
/** Minutes of quiet after which a thread folds away: three days, of those that Discord offers; writing in it brings it back. */
export const threadArchiveMinutes = 4_320;
/** Bytes of a file in a server without boosts (https://docs.discord.com/developers/reference#uploading-files), less the form around it. */
export const fileBytesMax = 10 * 1024 * 1024 - 64 * 1024;
/**
 * An interaction must be answered within three seconds (https://docs.discord.com/developers/interactions/receiving-and-responding);
 * what takes longer than this is answered later, which leaves a second for the way.
 */
export const answerWithinMs = 2_000;
/** A reason is a sentence or two, as in the console. */
export const reasonCharsMax = 500;

/** Characters of a request on its card: enough to know it again; all of it is in the record. */
export const requestCharsMax = 600;
/** Characters of the summary and of an open question. */
export const summaryCharsMax = 400;
/** Characters of all reasons why a script is more than read-only. */
export const reasonsCharsMax = 500;
/** Characters of whose yes it takes. */
export const demandsCharsMax = 500;
/** Characters of all notices. */
export const noticesCharsMax = 600;
/** Characters of the runs' lines. */
export const runsCharsMax = 700;
/** Characters of the words beside an attached script: its line of facts, and that it holds hidden characters. */
export const attachedCharsMax = 260;
/** Characters of a script that stays on its card once it is decided; a longer one is attached. */
export const decidedScriptCharsMax = 600;
/** Characters of a name: a machine's has 63 at most (RFC 1035). */
export const nameCharsMax = 64;
/** Machines named on a card before the rest is counted. */
export const targetsShownMax = 8;
/** Runs listed on a card before the rest is counted. */
export const runsShownMax = 10;
/** Machines whose part of an answer is shown; the rest is counted, and the file has all output. */
export const readingsShownMax = 8;
/** Lines of evidence for one machine. */
export const evidenceShownMax = 6;
/** Rows of a list: three components each, beside the container, the title, the count and the foot. */
export const listRowsMax = Math.floor((messageComponentsMax - 4) / 3) - 1;
/** Characters of an incident's summary, of what was found, and of its notices, each. */
export const incidentWordsCharsMax = 400;
/** Characters of an incident's list of alerts. */
export const alertsCharsMax = 900;
/** Characters of a link that is shown; a longer one would push out what it is about. */
export const linkCharsMax = 300;
/** Alerts listed in an incident's message. */
export const alertsShownMax = 6;

/** Messages looked through for one that an earlier try posted: those of a busy channel's few minutes; one page (https://docs.discord.com/developers/resources/message#get-channel-messages). */
export const findMessagesMax = 100;
/** Channels, threads and marks remembered; what is forgotten is asked again. */
export const rememberedMax = 1_000;
/** A request to Discord that takes longer is given up and tried again later. */
export const requestTimeoutMs = 10_000;
/** The least wait where Discord failed without saying for how long. */
export const failedRetryMs = 5_000;
/** Edits of a message older than an hour are few (error 30046 of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json); they come back slowly. */
export const oldEditRetryMs = 60_000;
/** How long the start waits for the first connection before it goes on without: as long as a person waits for a prompt. */
export const firstConnectMs = 10_000;
/** The first wait before connecting anew after a failure; doubled each time. */
export const reconnectMs = 2_000;
/** The longest wait between two tries; a start of a session is one of a thousand a day (https://docs.discord.com/developers/events/gateway#session-start-limit-object). */
export const reconnectMsMax = 120_000;
/** How often the connection is looked at. Heartbeats are due about every 41 seconds (https://docs.discord.com/developers/events/gateway#sending-heartbeats). */
export const watchMs = 60_000;
/** Looks in a row that find no connection, or no heartbeat answered, before it is made anew: the library's own resume comes first. */
export const deadLooksMax = 3;
/** How long what somebody's roles are is believed: they come with each of their acts, so only who is silent is forgotten. */
export const rolesLifeMs = 15 * 60_000;
/** Starts of sessions left for the day below which the doctor warns; a server starts a few times (https://docs.discord.com/developers/events/gateway#session-start-limit-object). */
export const sessionsLeftMin = 50;
/** Channels of one server that are read for what was missed: those with the latest news; a call each. */
export const missedChannelsMax = 25;
/** Messages read of each: one page (https://docs.discord.com/developers/resources/message#get-channel-messages). */
export const missedMessagesMax = 100;
/** What is older when we are back is not acted on: whoever asked has turned to something else. */
export const missedAgeMsMax = 60 * 60_000;
/** Channels tell their news in no common order, so what came this long before the last is looked at again. */
export const missedOverlapMs = 5_000;
/** Direct channels that are read for what was missed: of those who spoke with us last. */
export const directsReadMax = 20;
/** Servers that are looked through at a start for commands of ours that are registered elsewhere now: a call each. */
export const clearedGuildsMax = 50;
