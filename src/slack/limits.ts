/**
 * Bounds of what is shown in Slack: name, unit, reason. Slack's own cite the page that says them; ours say why they
 * are no larger.
 */

/** https://docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message". */
export const messageBlocksMax = 50;
/** https://docs.slack.dev/reference/block-kit/blocks: "up to 100 blocks in modals or Home tabs". */
export const viewBlocksMax = 100;
/**
 * All blocks of a message as JSON. Slack names a bound for markdown blocks alone (12,000 characters,
 * https://docs.slack.dev/reference/block-kit/blocks/markdown-block), but answers `msg_blocks_too_long` to any kind a
 * little above it (https://github.com/slackapi/bolt-js/issues/2509 and 2867: "12,000 text characters with a buffer for
 * block containers"). Nobody says whether characters or bytes are counted, so the larger of the two stays below.
 */
export const messageBlocksBytesMax = 12_000;
/** https://docs.slack.dev/reference/methods/views.open: `view_too_large` above 250 kB; JSON's escapes need the rest. */
export const viewBytesMax = 200_000;
/** https://docs.slack.dev/reference/methods/chat.postMessage: "we recommend 4,000 characters", truncated past 40,000. */
export const messageTextCharsMax = 4_000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block and the text object: 1 to 3000 characters. */
export const textCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/header-block. */
export const headerCharsMax = 150;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element: 75, of which about 30 are shown. */
export const buttonTextCharsMax = 75;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element. */
export const buttonValueCharsMax = 2_000;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element. */
export const urlCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/actions-block: "a maximum of 25 elements". */
export const actionsElementsMax = 25;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object: text 75; of a value 150, but 75 on older pages. */
export const optionCharsMax = 75;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: "a maximum number of 100 options". */
export const optionsMax = 100;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: of a placeholder. */
export const placeholderCharsMax = 150;
/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: max_length is 1 to 3000. */
export const inputCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/table-block: "Maximum 100 rows", one of them the heading. */
export const tableRowsMax = 100;
/** https://docs.slack.dev/reference/block-kit/blocks/table-block: "a max of 20 table cells" in a row. */
export const tableColumnsMax = 20;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object. */
export const confirmTextCharsMax = 300;
/** https://docs.slack.dev/reference/views/modal-views: title, submit and close; `private_metadata` is metadataCharsMax. */
export const modalTitleCharsMax = 24;
/** https://docs.slack.dev/reference/views/modal-views. */
export const metadataCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object: of its title. */
export const confirmTitleCharsMax = 100;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object: of its two buttons. */
export const confirmLabelCharsMax = 30;

/** Of a field's label and hint. Slack takes 2000; more than a few lines push the field off a phone. */
export const labelCharsMax = 600;
/** What is typed with a yes is a task's number or a count. */
export const typedCharsMax = 20;
/** Of a machine's or a person's name; ours have 63 at most, and a display name in Slack has 80. */
export const nameCharsMax = 80;
/** A notification's part: a lock screen shows two lines, and four parts stay below messageTextCharsMax, escaped. */
export const noticeCharsMax = 300;
/** A cell of a table is read at a glance, or in the lines beneath. */
export const cellCharsMax = 120;
/** The window of a request tells the count first, then so many machines. */
export const previewNamesMax = 8;
/** A sentence beside the fields of a window: longer would push its buttons off a phone. */
export const previewCharsMax = 400;
/** Lines of a small list in a modal or on the Home tab. */
export const linesShownMax = 12;
/** Of a script where the whole doesn't fit the message, beside scriptLinesExcerptMax: lines may be long. */
export const excerptCharsMax = 1_200;
/** Of a script's piece in one input of the modal: Slack's bound, with room for what is typed into it. */
export const editPieceCharsMax = 2_000;
/** A reason is a sentence or two. */
export const reasonCharsMax = 500;
/** Lines of a script that a decided card repeats; a longer one has moved the progress out of sight of a phone. */
export const scriptLinesDecidedMax = 6;
/** Lines of a script that a card shows where the whole doesn't fit: enough to know which it is. */
export const scriptLinesExcerptMax = 12;
/** Options that are buttons of their own; more are a menu, since a phone has room for one button a line. */
export const optionButtonsMax = 5;
/** Of a request that a button asks: what is longer is no suggestion, and would take the room of the answer. */
export const followUpCharsMax = 500;
/** Fences of code and what stands between them, in one answer; each costs a hundred bytes of the message. */
export const partsMax = 15;
/** A menu's share of the message's bytes, room for the 25 that a question offers, at their longest; machines beyond it are named in words. */
export const menuBytesMax = 6_000;
/** Rows of a list in one message: with a button each it has two screens of a phone. */
export const listingRowsMax = 20;
/** Cards of each kind on the Home tab; the rest is counted. */
export const homeCardsMax = 10;
/** Machines on the Home tab, those to look at first; the rest is counted. */
export const homeMachinesMax = 24;
/** Alerts of one incident that its message lists. */
export const incidentAlertsMax = 5;

// ── Connection, calls and pace ──────────────────────────────────────────────────────────────────────────────────────

/**
 * An event that is not acknowledged within this is sent again; an interaction is not, and the person is told that it failed.
 * https://docs.slack.dev/apis/events-api and https://docs.slack.dev/interactivity/handling-user-interaction
 */
export const acknowledgeMs = 3_000;
/** What a handler may wait for something that only makes it nicer (a person's name) before it commits. */
export const niceWaitMs = 1_500;
/**
 * What a handler may wait for what a modal shows: views.open answers `expired_trigger_id` three seconds after the click.
 * https://docs.slack.dev/interactivity/handling-user-interaction
 */
export const modalWaitMs = 1_000;
/** What a handler may wait for the channel of somebody's direct messages: it has acknowledgeMs in all. */
export const directWaitMs = 1_500;
/** People whose direct messages are known by their channel; the least recently used are asked for again. */
export const directsMax = 5_000;
/** One call of the Web API, from the first byte to the last. Past it nobody knows what became of it. */
export const callTimeoutMs = 10_000;
/** A file travels longer than words. */
export const uploadTimeoutMs = 60_000;
/**
 * "chat.postMessage generally allows posting one message per second per channel"; "short bursts >1 allowed".
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
export const postEveryMs = 1_000;
export const postBurstMax = 3;
/** One message of ours is edited no more often: nobody reads faster, and chat.update is of tier 3 for all messages together. */
export const editEveryMs = 1_500;
/** Calls a minute of each tier, for each method and workspace. https://docs.slack.dev/apis/web-api/rate-limits */
export const tierCallsPerMinute = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
/** Of a minute's calls, how many may come at once: "occasional bursts" are allowed, their size isn't said. */
export const tierBurstFraction = 0.25;
/** Where Slack asks to wait without saying how long, or doesn't answer at all. */
export const retryDefaultMs = 5_000;
/** While our token is no good: somebody has to do something, so asking more often helps nobody. */
export const retryTroubleMs = 60_000;
/** Channels, messages and methods whose pace is remembered; the least recently used are forgotten. */
export const paceKeysMax = 10_000;
/**
 * A signed request older than this is somebody's recording.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const signatureAgeMsMax = 5 * 60_000;
/**
 * Slack sends an event again three times: at once, after a minute and after five (https://docs.slack.dev/apis/events-api).
 * What was heard is remembered for far longer; the oldest of many is forgotten, and the store knows it all the same.
 */
export const heardMemoryMs = 2 * 3_600_000;
export const heardMax = 20_000;

/**
 * Slack pings a Socket Mode connection every few seconds, and a silent one is dead; the SDK's own default.
 * https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export const serverPingMs = 30_000;
/** How long Slack may take to answer a ping of ours. */
export const clientPongMs = 5_000;
/** Between two looks of the watchdog at the connection. */
export const socketLookMs = 1_000;
/** From asking for a connection to its hello. */
export const helloWithinMs = 15_000;
/** Between tries to connect: doubled from the first to the last. */
export const reconnectMsMin = 500;
export const reconnectMsMax = 30_000;
/** A connection that is refreshed by Slack is away for a moment; red only once it is more than that. */
export const downToleratedMs = 5_000;

/** Pages read when looking for a message of ours that a crash may have left; each has this many messages. */
export const findPagesMax = 3;
/** "The maximum is 999." More than a few hundred are slow. https://docs.slack.dev/reference/methods/conversations.history */
export const findPageMessages = 200;

/** How long a person's name is good before it is asked for again, and how many are remembered. */
export const nameMs = 3_600_000;
export const namesMax = 5_000;
/** Between two looks at the user groups. usergroups.list is of tier 2. */
export const groupsEveryMs = 5 * 60_000;
/** A snapshot older than this tells nothing: whoever was taken out of a group must not act on what nobody could check. */
export const groupsAgeMsMax = 20 * 60_000;

/** The App Home of one person is published no more often. views.publish is of tier 4. */
export const homeEveryMs = 5_000;
/** Homes that are kept up to date, and for how long after they were opened: Slack doesn't tell when one is left. */
export const homesMax = 200;
export const homeOpenMs = 15 * 60_000;
/** A machine that is fuller than this is told in the App Home. */
export const busyFraction = 0.85;
/** Tasks that the App Home lists of each kind. */
export const homeTasksMax = 10;

/** "You must respond within 30 minutes", five times. https://docs.slack.dev/interactivity/handling-user-interaction */
export const responseUrlMs = 30 * 60_000;
/** Channels whose latest command's way back is kept. */
export const echoesMax = 1_000;
/** How often something that is said once is tried where Slack says to wait. */
export const sayTriesMax = 5;

/** chat.startStream and chat.appendStream take this many characters at once. https://docs.slack.dev/reference/methods/chat.appendStream */
export const streamCharsMax = 12_000;
/** A stream gets what has come up to then, no more often. chat.appendStream is of tier 4. */
export const appendEveryMs = 1_000;
/** Messages whose words are being streamed at once. */
export const streamsMax = 500;

/** "Up to four suggested prompts." https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts */
export const promptsMax = 4;
/** New assistant threads that wait for their first words. */
export const assistantThreadsMax = 1_000;
/** Of an assistant thread's title: a line of the list. Slack says no limit. */
export const threadTitleCharsMax = 80;
/** Of a message that somebody pointed at, as much as is read along. */
export const contextCharsMax = 4_000;
