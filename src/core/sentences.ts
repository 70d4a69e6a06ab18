/**
 * Every sentence that tells a person about a failure or a refusal (law 8): what happened, why, what to do next.
 * Code throws and stores codes with values; only this file has the words.
 */

import { alertSentences } from './alert-sentences.ts';
import { chatSentences } from './chat-sentences.ts';
import { keepSentences } from './keep-sentences.ts';
import { andList, orList } from './word-lists.ts';

const templates = {
  ...chatSentences,
  ...alertSentences,
  ...keepSentences,
  request_empty: () =>
    'The request is empty. Write what you want to know or do, for example "check memory on db1".',
  request_too_long: (v: { chars: number; charsMax: number }) =>
    `The request has ${v.chars} characters; at most ${v.charsMax} are read. Say it shorter, or put the long part in a file on the machine.`,
  script_empty: () => 'The script is empty, so there is nothing to approve. Write at least one command.',
  script_too_long: (v: { bytes: number; bytesMax: number }) =>
    `The script has ${v.bytes} bytes; at most ${v.bytesMax} are accepted, so that a person can read all of it before approving. Put the long part in a file on the machine and call that.`,
  script_has_nul: () => 'The script holds a NUL character, which no shell can run. Remove it and try again.',
  script_not_unicode: () => 'The script is not valid Unicode text. Save it as UTF-8 and try again.',
  no_agents: () =>
    'No machine has joined yet, so there is nowhere to run this. Invite one with `npx nerdy agents invite`, or start an agent here with `npx nerdy agent`, then ask again.',
  machine_unknown: (v: { name: string; nearest: string[] }) =>
    v.nearest.length > 0
      ? `There is no machine called "${v.name}". Did you mean ${orList(v.nearest)}?`
      : `There is no machine called "${v.name}". Choose one of the machines that have joined, or ask again.`,
  machine_unknown_among: (v: { name: string; others: string[]; nearest: string[] }) =>
    `There is no machine called "${v.name}"; ${andList(v.others)} ${v.others.length === 1 ? 'is' : 'are'} there. ${
      v.nearest.length > 0 ? `Did you mean ${orList(v.nearest)}? ` : ''
    }Choose where to run it, or ask again.`,
  machines_differ: (v: { said: string; beside: string[] }) =>
    `The request says "${v.said}", but beside it (--on) stands ${andList(v.beside)}. Choose which is meant; nothing is run until then.`,
  machine_here_unknown: (v: { here: string; count: number }) =>
    `"${v.here}" means the machine that this conversation was about, and it has not been about one yet. Choose one of the ${v.count} machines, or write it like "… on ${'<machine>'}".`,
  machine_missing: (v: { count: number }) =>
    `The request doesn't say which of the ${v.count} machines is meant. Choose one, or write it like "… on ${'<machine>'}".`,
  machines_none_match: (v: { selector: string }) =>
    `No machine matches "${v.selector}". \`npx nerdy agents\` lists the machines with their labels.`,
  machines_too_many: (v: { count: number; countMax: number }) =>
    `The request means ${v.count} machines; one card takes at most ${v.countMax}. Narrow it with a label, for example "on role=db env=prod".`,
  runbook_none: (v: { nearest: string[] }) =>
    `No runbook fits that request, and no model is configured to write a script. ${
      v.nearest.length > 0 ? `The nearest are: ${v.nearest.map((n) => `"${n}"`).join(', ')}. ` : ''
    }Ask for one of those, or set OPENAI_API_KEY or OPENAI_BASE_URL so that a model can draft.`,
  runbook_platform_missing: (v: { runbook: string; platform: string }) =>
    `The runbook "${v.runbook}" has no script for ${v.platform}. Ask for another machine, or add one to its file in runbooks/.`,
  runbook_parameter_missing: (v: { runbook: string; parameter: string; example: string }) =>
    `The runbook "${v.runbook}" needs to know the ${v.parameter}. Say it in the request, for example "${v.example}".`,
  count_capped: (v: { asked: number; max: number }) =>
    `${v.asked} were asked for; this runbook shows at most ${v.max}, so the script says ${v.max}. Edit the script if you need more.`,
  model_down: (v: { reason: string }) =>
    `The model could not be used (${v.reason}), so this comes from the runbooks alone. Check OPENAI_BASE_URL and OPENAI_API_KEY, or ask again later.`,
  model_down_no_runbook: (v: { reason: string; nearest: string[] }) =>
    `The model could not be used (${v.reason}), and no runbook fits the request. ${
      v.nearest.length > 0 ? `The nearest are: ${v.nearest.map((n) => `"${n}"`).join(', ')}. ` : ''
    }Ask for one of those, or try again when the model is back.`,
  model_no_script: (v: { reason: string }) =>
    `The model wrote no script for this: ${v.reason} Say it in other words, or name the command that you would use.`,
  draft_gave_up: (v: { attempts: number }) =>
    `Drafting a script failed ${v.attempts} times because of a fault on our side; the server's log says which. Nothing has run. Ask again, and tell whoever runs this server if it happens again.`,
  answer_gave_up: (v: { attempts: number }) =>
    `The script has run and its output is kept below, but reading it failed ${v.attempts} times because of a fault on our side; the server's log says which.`,
  expired: () =>
    'Nobody decided in time, so this was not run. Ask again if it is still wanted; the script will be drafted anew.',
  approval_over: () =>
    'The approval is too old to start more with it. Stop here to get the answer of what has run, then ask again for the other machines.',
  card_outdated: () =>
    'The script has changed since the card you looked at. Nothing was approved: read the current script, then decide.',
  task_rows_differ: (v: { number: number; differs: string }) =>
    `The database says of task #${v.number} what the audit log doesn't: by the log, ${v.differs}. Somebody changed the database, so nothing was approved and nothing runs. Ask again, and have an admin run \`npx nerdy audit verify\`.`,
  task_unknown: (v: { number: number }) =>
    `There is no task #${v.number}. Ask for "tasks", or run \`npx nerdy tasks\`, to see the latest.`,
  task_decided: (v: { number: number; state: string }) =>
    `Task #${v.number} is already ${v.state}, so this changes nothing.`,
  not_decidable: (v: { number: number; state: string; verb: string }) =>
    `Task #${v.number} is ${v.state}; it can't be ${v.verb} now.`,
  key_reused: () =>
    'This Idempotency-Key was used before for a request with another body, so nothing was done. Send the same body to repeat that request, or a new key for a new one.',
  choice_unknown: (v: { choice: string; options: string[] }) =>
    `"${v.choice}" is not one of the choices. Choose ${orList(v.options)}.`,
  policy_refused: (v: { rule: string; machine: string; reason: string | null }) =>
    `The rule "${v.rule}" refuses this on ${v.machine}${because(v.reason)} Nothing has run. Ask for something else, or talk to whoever keeps the rules in nerdyops.yml.`,
  policy_asker_refused: (v: { rule: string; machine: string; reason: string | null; who: string[] }) =>
    `On ${v.machine} the rule "${v.rule}" lets only ${orList(v.who)} ask for this${because(v.reason)} Nothing has run. Ask one of them to ask.`,
  chooser_may_less: (v: { asker: string; rule: string; who: string[] }) =>
    `${v.asker} asked for this, and the rule "${v.rule}" lets only ${orList(v.who)} ask on some machines, so it is not for you to say which is meant. Leave the choice to ${v.asker}, or ask for it yourself.`,
  policy_forbidden: (v: { line: number; why: string }) =>
    `Line ${v.line} of the script can't be meant: ${v.why}. No approval makes this run. Ask for less, or do it on the machine by hand.`,
  policy_changed: (v: { rule: string; machine: string }) =>
    `Since this was approved, the rules or ${v.machine}'s labels have changed: the rule "${v.rule}" doesn't allow it there now. It did not run. Ask again, so that the rules of now are asked.`,
  policy_by_consent: (v: { names: string[] }) =>
    `${andList(v.names.length > 4 ? [...v.names.slice(0, 3), `${v.names.length - 3} more`] : v.names)} ${v.names.length === 1 ? 'has a policy of its own that binds' : 'have policies of their own that bind'} only by consent: scripts run there as a user who can change it. It stops mistakes, not a script that means it.`,
  role_missing: (v: { identity: string; role: string; needed: string; verb: string }) =>
    `To ${v.verb} this you need the role ${v.needed}; ${v.identity} is ${v.role}. An admin can give it under "people" in nerdyops.yml.`,
  admin_missing: (v: { identity: string; role: string; verb: string }) =>
    `To ${v.verb} you need the role admin; ${v.identity} is ${v.role}. An admin can give it under "people" in nerdyops.yml.`,
  approver_not_named: (v: { rule: string; reason: string | null; who: string[]; names: string[] }) =>
    `The rule "${v.rule}" takes a yes from ${orList(v.who)} only${because(v.reason)} ${
      v.names.length > 0
        ? `Ask ${orList(v.names)}.`
        : 'Nobody is listed as such under "people" in nerdyops.yml yet.'
    }`,
  approver_unlinked: (v: { identity: string }) =>
    `Nobody has said which person ${v.identity} is, so your yes can't count as a second person's. An admin can add it to your "identities" under "people" in nerdyops.yml.`,
  approver_local: (v: { rule: string }) =>
    `The rule "${v.rule}" needs a person's own yes, and the server's local token may be anybody's. Approve from your own account, or with your own token (\`nerdy token\` makes one).`,
  approver_own: () =>
    'This is dangerous and your own: you asked for it or edited it, so somebody else must look at it and approve.',
  approver_maybe_own: (v: { identity: string }) =>
    `This is dangerous, and ${v.identity}, who asked for it or edited it, may be you: nobody has said which person that is. An admin can list it under "people" in nerdyops.yml; or ask again from an account that is listed.`,
  vote_given: () => 'Your yes is counted already; somebody else must say yes too.',
  confirm_dangerous: (v: { number: number; count: number }) =>
    `This script is dangerous${v.count > 1 ? `, and it runs on ${v.count} machines` : ''}. Read it, then type the task's number, ${v.number}, to approve it.`,
  confirm_many: (v: { count: number }) =>
    `This runs on ${v.count} machines. Look over the list, then type their count, ${v.count}, to approve it.`,
  alone: () => 'Nobody else has looked at this: one person asks and approves here.',
  run_unknown: (v: { run: string }) =>
    `There is no run ${v.run} in this task. The task's page lists its runs.`,
  agent_offline: (v: { name: string; until: string }) =>
    `${v.name} is offline. The order waits for it until ${v.until}; after that it will not run.`,
  enrolment_off: () =>
    'No machine can join: the port for machines is not open. The log of the server says why; NERDY_GRPC_HOST and NERDY_GRPC_PORT say where it is.',
  invite_loopback: (v: { address: string }) =>
    `This line leads to ${v.address}, which only this machine can reach. For others, set NERDY_GRPC_HOST (0.0.0.0 is every address of this machine) and NERDY_GRPC_ADDRESS (host:port, as they reach it), and start the server again.`,
  invite_name_taken: (v: { name: string; isLocal: boolean }) =>
    v.isLocal
      ? `There is a machine called ${v.name} already: an agent on the server itself, which needs no invitation. Choose another name.`
      : `There is a machine called ${v.name} already. Is it that one, set up anew? Then run \`npx nerdy agents invite --rejoin ${v.name}\` on the server, so that it keeps its name, labels and history. Otherwise choose another name.`,
  agent_name_taken: (v: { name: string }) =>
    `There is a machine called ${v.name} already. Choose another name.`,
  agent_name_unusable: (v: { name: string }) =>
    `"${v.name}" can't be a machine's name. Use letters, digits, dots, dashes and underscores, at most 63 of them, with a letter or digit first.`,
  labels_unusable: (v: { problem: string }) =>
    `The labels can't be used: ${v.problem}. Write each as key=value, with letters, digits, dots, dashes and underscores.`,
  invite_time_unusable: () => 'An invitation lasts from 1 minute to 7 days. Choose a time between them.',
  invites_too_many: (v: { countMax: number }) =>
    `${v.countMax} invitations are open already, and each is a way in. Withdraw those that nobody needs (\`npx nerdy agents invites\`), or wait until they expire.`,
  invite_repeated: () =>
    'This invitation was made already, and its token is shown only once. Withdraw it (`npx nerdy agents invites` lists it) and make another.',
  invite_unknown: (v: { id: string }) =>
    `There is no invitation ${v.id}. \`npx nerdy agents invites\` lists those that are open.`,
  invite_over: (v: { id: string; state: string }) =>
    `The invitation ${v.id} is ${v.state} already, so this changes nothing.`,
  agent_unknown: (v: { name: string }) =>
    `There is no machine called ${v.name}. \`npx nerdy agents\` lists them.`,
  agent_local: (v: { name: string }) =>
    `${v.name} is an agent on the server itself, which joined without an invitation: its name and labels are what it was started with, and it ends with its process. Start it otherwise, or stop it.`,
  agent_active: (v: { name: string }) => `${v.name} is not suspended, so there is nothing to resume.`,
  agent_suspended_already: (v: { name: string }) => `${v.name} is suspended already.`,
  agent_suspended: (v: { detail: string }) =>
    `${v.detail}. Nothing is sent to it until an admin has looked and lets it work again.`,
  join_unknown: () =>
    'This server does not know the token. Copy the whole line again, look whether it is of this server, or ask for a new one (`npx nerdy agents invite`).',
  join_expired: () =>
    'The token has expired, so this machine was not let in. Ask for a new one (`npx nerdy agents invite`).',
  join_used: () =>
    'The token was used before, and each is good for one machine. If that was not you, tell whoever runs the server: somebody else has joined with it. Ask for a new one (`npx nerdy agents invite`).',
  join_withdrawn: () =>
    'The invitation was withdrawn, so this machine was not let in. Ask for a new one (`npx nerdy agents invite`).',
  join_place_gone: () =>
    'The machine whose place this token was for has been removed meanwhile. Ask for a new one (`npx nerdy agents invite`).',
  join_place_held: (v: { name: string }) =>
    `${v.name} was suspended after this invitation was made, so nobody takes its place by it. Let an admin look why (\`npx nerdy agents\`), then ask for a new one (\`npx nerdy agents invite --rejoin ${v.name}\`).`,
  join_malformed: (v: { problem: string }) =>
    `The certificate request ${v.problem}, so this machine was not let in. Install the agent that this server hands out, then try again.`,
  identity_unknown: () =>
    'This server does not know this machine any more. Leave (`nerdy-agent leave`), then join with a new token.',
  identity_removed: () =>
    'This machine was removed by an admin. To bring it back, leave (`nerdy-agent leave`) and join with a new token (`npx nerdy agents invite`).',
  identity_suspended: (v: { name: string }) =>
    `${v.name} is suspended. An admin looks at what happened, then runs \`npx nerdy agents resume ${v.name}\`, or has one machine join anew (\`npx nerdy agents invite --rejoin ${v.name}\`).`,
  identity_superseded: (v: { name: string }) =>
    `${v.name} was joined anew on another machine or disk, so this certificate is dead. If both should be here, leave (\`nerdy-agent leave\`) and join this one with a token of its own.`,
  certificate_ends: (v: { until: string }) =>
    `Its certificate ends at ${v.until} and was not renewed. Look why the machine does not reach the server; after that it has to join anew.`,
  certificate_over: () =>
    'Its certificate has ended, so it can not connect. Let it join anew: `npx nerdy agents invite --rejoin` with its name.',
  confirm_remove: (v: { name: string }) =>
    `${v.name} is cut off at once, and comes back only by a new invitation. What it has under way goes on there unseen. Type its name to remove it.`,
  agent_held: (v: { name: string; until: string }) =>
    `${v.name} is suspended, so nothing is sent to it. The order waits until ${v.until} for an admin to resume it; after that it will not run.`,
  machines_suspended: (v: { names: string[] }) =>
    `${andList(v.names)} ${v.names.length === 1 ? 'is' : 'are'} suspended. Nothing is sent there until an admin resumes ${v.names.length === 1 ? 'it' : 'them'}.`,
  undelivered_removed: (v: { name: string }) =>
    `${v.name} was removed before it had this order. It did not run.`,
  lost_removed: (v: { name: string }) =>
    `${v.name} was removed while it had this order, so nobody can say what became of it. Look at the machine before running it elsewhere.`,
  undelivered: (v: { name: string }) =>
    `${v.name} did not take the order in time, so it did not run there. Check that its agent is up, then ask again.`,
  lost_not_named: (v: { name: string }) =>
    `${v.name} came back without this run in its spool, so nobody can say what became of it. Look at the machine before running it again.`,
  lost_spool: (v: { name: string }) =>
    `${v.name} came back with a new spool, so its record of this run is gone and nobody can say what became of it. Look at the machine before running it again.`,
  lost_silence: (v: { name: string }) =>
    `${v.name} has been silent past the time this run could have taken, so nobody can say what became of it. Its end will be corrected if the agent comes back with it.`,
  lost_wrapper: (v: { name: string; why: string; startedAt: string | null; bytes: number }) =>
    `Nobody can say what became of the script on ${v.name}: ${v.why}. ${
      v.startedAt === null ? 'It is not known to have started' : `It had started at ${v.startedAt}`
    }, and ${
      v.bytes === 0 ? 'nothing that it printed was seen' : `${v.bytes} bytes that it printed are kept`
    }. Look at the machine before running it again.`,
  cancelled_midway: (v: { seconds: number; bytes: number }) =>
    `The script was stopped after ${v.seconds < 1 ? 'less than a second' : v.seconds === 1 ? '1 second' : `${v.seconds} seconds`}; ${
      v.bytes === 0
        ? 'it had printed nothing'
        : `the ${v.bytes === 1 ? 'byte' : `${v.bytes} bytes`} that it had printed ${v.bytes === 1 ? 'is' : 'are'} kept`
    }. What it had changed by then stays changed.`,
  cancelled_unstarted: () => 'The script had not started here, so nothing ran.',
  unstarted_no_shell: (v: { interpreter: string }) =>
    `The script did not run: ${v.interpreter} is not on that machine. Install it, or ask for a machine that has it.`,
  unstarted_syntax: (v: { name: string; said: string }) =>
    `The Bash of ${v.name} rejects the script's syntax, so nothing of it ran: ${v.said}. Edit the script, then approve it again. All of it must be valid, also what stands after an \`exit\`.`,
  unstarted_fault: (v: { reason: string }) =>
    `The script did not run: the agent could not start it (${v.reason}). Free what is short, then ask again.`,
  refused_spool: (v: { name: string; reason: string }) =>
    `${v.name} took no new order, so nothing ran there: ${v.reason}. Free space on its disk, or wait until it has delivered what it holds, then ask again.`,
  unstarted_late: () =>
    'The script did not run: the agent got to it only after the time that was approved for starting it. Ask again.',
  refused_signature: () =>
    "The agent refused the order: its signature does not fit the server's key that this machine trusts. Nothing ran. Someone should find out who sent it.",
  refused_policy: (v: { name: string; reason: string }) =>
    `${v.name}'s own policy refused this: ${v.reason}. Nothing ran there. That policy is a file on the machine; ask for less, or ask whoever looks after ${v.name}.`,
  refused_document: (v: { reason: string }) =>
    `The agent refused the order because it is not what was approved (${v.reason}). Nothing ran.`,
  refused_rows: (v: { name: string; differs: string }) =>
    `This was not run on ${v.name}: what the database says is not what was approved and signed (${v.differs}). Somebody changed the database after the approval. Find out who with \`npx nerdy audit verify\`, then ask again.`,
  proposal_altered: () =>
    'The stored script, machines or time limit are not those that were proposed: somebody changed the database. Nothing was approved. Find out who with `npx nerdy audit verify`, then ask again.',
  timed_out: (v: { seconds: number }) =>
    `The script was stopped after ${v.seconds} seconds, its time limit. Ask for less, or edit the script and its limit.`,
  output_cut: (v: { keptBytes: number }) =>
    `The output was longer than is kept; its beginning and its end are here (${v.keptBytes} bytes), the middle was left out.`,
  output_end_missing: () =>
    'A part of the output is missing: the disk was full, or a process that the script left behind still writes to it.',
  output_given_up: (v: { name: string; reason: string }) =>
    `The script ended as told, but a part of its output is gone: ${v.name} could not deliver it and kept it no longer (${v.reason}). Run it again if you need the output.`,
  output_withheld: () =>
    "A part of the output is withheld: taking the secrets out of it failed, and output that may hold some is neither kept nor shown. Run it again; if it happens again, the server's log says why.",
  text_withheld: () =>
    "This text was not taken: looking for secrets in it failed, and text that may hold some is neither kept nor shown. Try again; if it happens again, the server's log says why.",
  request_redacted: () =>
    'The request held something secret, which was taken out before it was stored or shown to anyone. Put secrets into a file on the machine and name the file; and change this one, since it went through a chat.',
  script_holds_secret: (v: { line: number; what: string; places: number }) =>
    `Line ${v.line} of the script holds a secret (${v.what})${v.places > 1 ? `, the first of ${v.places}` : ''}. Scripts are stored, shown and signed as they are, so this one is not taken. Let the script read it on the machine, from a file or the environment.`,
  not_utf8: () => 'Some bytes of the output are not UTF-8 text; they are shown as \uFFFD.',
  access_denied: () =>
    'This needs the local token or a console session. Run the command on the server as the user that started it, or open a fresh link with `npx nerdy console`.',
  local_only: () =>
    "Only the server's owner may do this: it needs the local token. Run the command on the server, as the user that started it.",
  write_token_missing: () =>
    'This tab may look but not act, because it was not opened by a fresh link. Run `npx nerdy console` on the server and open what it prints.',
  link_used: () =>
    'This link was used before or is too old. Run `npx nerdy console` on the server for a fresh one.',
  origin_denied: () =>
    'The request came from another site, so it was not carried out. Open the console by its own address.',
  input_invalid: (v: { problem: string }) => `The request can't be read: ${v.problem}`,
  not_found: () => 'There is nothing at this address. The API is under /api/v1, the console at /.',
  no_download: () =>
    'There is nothing at this address: this port has the install scripts and the files of the agent. The console and the API have their own (NERDY_HTTP_PORT).',
  install_unready: () =>
    "No machine can join this server yet: it does not listen for agents on the network. Whoever runs it has to say where machines reach it; the README's section on more machines tells how.",
  install_busy: () =>
    'Many machines are fetching the agent at this moment. Try again in ten seconds; nothing is wrong.',
  fault: (v: { id: string }) =>
    `Something failed on our side. Nothing was lost that had been confirmed. The server's log has it under ${v.id}.`,
  server_unreachable: (v: { url: string }) =>
    `No NerdyOps server answers at ${v.url}. Start one with \`npm start\`, or name another with --server.`,
  console_unreachable: (v: { url: string }) =>
    `The server at ${v.url} does not answer, so nothing can be opened or decided here, and what is shown may be old. Look whether NerdyOps runs there (\`npm start\` starts it), then try again.`,
  server_never_ran: (v: { dataDir: string }) =>
    `No server has run with the data directory ${v.dataDir} yet. Start one with \`npm start\`, or set NERDY_DATA_DIR to the directory of the one that runs.`,
  server_stopped: (v: { dataDir: string; url: string }) =>
    `The server of the data directory ${v.dataDir} is not running: nothing answers at ${v.url}. Start it with \`npm start\`, or set NERDY_DATA_DIR to the directory of the one that runs.`,
  server_gone: (v: { dataDir: string; pid: number }) =>
    `The server of the data directory ${v.dataDir} (process ${v.pid}) is not running any more; it did not stop in order. Start it with \`npm start\`: what was under way goes on.`,
  server_silent: (v: { url: string; pid: number }) =>
    `The server (process ${v.pid}) should answer at ${v.url} and does not. Wait a moment and try again; if it stays so, look at its log and restart it.`,
  server_elsewhere: (v: { url: string; runs: string }) =>
    `Nothing answers at ${v.url}, but the server of this data directory is at ${v.runs}. Unset NERDY_HTTP_PORT and NERDY_HTTP_HOST (or http in nerdyops.yml), or use --server ${v.runs}.`,
  token_refused: (v: { url: string; dataDir: string }) =>
    `The server at ${v.url} refuses the token of ${v.dataDir}: it runs with another data directory. Set NERDY_DATA_DIR to that one, or NERDY_HTTP_PORT to the server that you mean.`,
  token_unknown: (v: { url: string }) =>
    `The server at ${v.url} doesn't know the token in NERDY_TOKEN. Its digest must stand under people.<you>.tokens in the server's nerdyops.yml, which the server reads when it starts: was it started again since? \`npx nerdy token\` makes a new token with its digest.`,
  server_foreign: (v: { url: string }) =>
    `What answers at ${v.url} is not NerdyOps. Name the address of the server that you mean with --server, or leave it out for the one of this data directory.`,
  token_unreadable: (v: { path: string; reason: string }) =>
    `The token in ${v.path} can't be read (${v.reason}). Run this as the user that started the server.`,
  keys_missing: (v: { path: string }) =>
    `There are no signing keys in ${v.path}. The first start of the server makes one: run \`npm start\`, or set NERDY_DATA_DIR to the server's directory.`,
  data_dir_unwritable: (v: { path: string; reason: string }) =>
    `The data directory ${v.path} can't be used (${v.reason}). Make it writable for this user, or set NERDY_DATA_DIR to another.`,
  data_dir_in_use: (v: { path: string }) =>
    `Another NerdyOps server uses the data directory ${v.path}. Stop it, or set NERDY_DATA_DIR to another.`,
  socket_path_too_long: (v: { path: string; bytesMax: number }) =>
    `The path ${v.path} is longer than the ${v.bytesMax} bytes that a Unix socket may have. Set NERDY_DATA_DIR to a shorter path.`,
  port_in_use: (v: { host: string; port: number; setting: string }) =>
    `${v.host}:${v.port} is in use by another program. Stop that, or set ${v.setting} to another port.`,
  address_unusable: (v: { host: string; port: number; reason: string; settings: readonly string[] }) =>
    `The server can't listen on ${v.host}:${v.port} (${v.reason}). Set ${andList(v.settings)} to an address of this machine.`,
  config_unreadable: (v: { path: string; reason: string }) => `${v.path} can't be read: ${v.reason}`,
  config_invalid: (v: { where: string; problem: string }) => `${v.where}: ${v.problem}`,
  audit_unreadable: (v: { path: string; reason: string }) =>
    `${v.path} can't be read as an audit log: ${v.reason}. Name a data directory, its nerdyops.db, or a file of \`nerdy audit export\`.`,
  audit_entry_unreadable: (v: { where: string }) =>
    `The record at ${v.where} has not the form of an entry: somebody wrote over it, or the file is damaged. Nothing can be said of what stood there.`,
  audit_entry_changed: (v: { seq: number; at: string; kind: string }) =>
    `Entry ${v.seq} (${v.at}, ${v.kind}) was changed after it was written: what it says doesn't fit its hash. Don't rely on it; compare it with an export or a backup.`,
  audit_entries_missing: (v: { from: number; to: number }) =>
    `${v.from === v.to ? `Entry ${v.from} is` : `Entries ${v.from} to ${v.to} are`} missing: somebody took them out of the log. Compare with an export or a backup.`,
  audit_entry_astray: (v: { seq: number; after: number }) =>
    `Entry ${v.seq} stands behind entry ${v.after}: it was inserted, moved or repeated. Compare with an export or a backup.`,
  audit_link_broken: (v: { seq: number; at: string; before: number }) =>
    `Entry ${v.seq} (${v.at}) was written behind another entry than the one that stands there: entry ${v.before} was replaced after that. Don't rely on entry ${v.before}; compare it with an export or a backup.`,
  audit_genesis_wrong: (v: { at: string }) =>
    `Entry 1 (${v.at}) was written behind another entry, so it is not the log's beginning: what stood before it was taken away.`,
  audit_signature_key_unknown: (v: { seq: number; at: string; key: string }) =>
    `The signature behind entry ${v.seq} (${v.at}) is of the key ${v.key}, which is none of the log's keys.`,
  audit_signature_wrong: (v: { seq: number; at: string; key: string }) =>
    `The signature behind entry ${v.seq} (${v.at}) is not of the key ${v.key}: the log up to there was rewritten by somebody who has not that key, or the signature was changed.`,
  audit_signature_outlived: (v: { seq: number; at: string; key: string; until: string }) =>
    `The signature behind entry ${v.seq} (${v.at}) is of the key ${v.key}, which was replaced at ${v.until}: somebody used it after its time.`,
  audit_keys_broken: (v: { reason: string }) =>
    `The keys in the log don't hold together: ${v.reason}. Compare them with those of the server (signing-key.pub.pem in its data directory).`,
  audit_key_untrusted: (v: { trusted: readonly string[]; signed: readonly string[] }) =>
    `The log is signed by ${orList(v.signed)}, not by the key that you trust (${orList(v.trusted)}), nor by one that took over from it. Either this is another server's log, or somebody has written it anew with a key of their own.`,
  audit_unsigned: (v: { last: number }) =>
    `None of the ${v.last} entries is covered by a signature, and each commit of a server makes one: somebody took them away, or wrote this log.`,
  audit_tail_unsigned: (v: { from: number; to: number }) =>
    `${v.from === v.to ? `Entry ${v.from} is` : `Entries ${v.from} to ${v.to} are`} not covered by a signature that you can trust: they were written by something else than the server.`,
  audit_cut: (v: { last: number; told: number }) =>
    `The log ends with entry ${v.last}, but it went on to entry ${v.told}: its end was cut off.`,
  audit_head_differs: (v: { last: number; head: number }) =>
    `The log's own note of its end (entry ${v.head}) is not its last entry (${v.last}): one of them was changed.`,
  audit_witness_false: (v: { seq: number }) =>
    `The witness holds a head of entry ${v.seq} that the server didn't sign, so it proves nothing. Take the file from the agent itself, or another agent's.`,
  audit_witness_differs: (v: { seq: number }) =>
    `Entry ${v.seq} is not the one that the agent was shown: the log was rewritten after that, by somebody who has the signing key. Keep both files, replace the key, and find out who had it.`,
  audit_witness_beyond: (v: { seq: number; last: number }) =>
    `The agent was shown entry ${v.seq}, and this log ends with entry ${v.last}: its end was cut off, or it is an older copy. Compare with the running server's.`,
  audit_approval_differs: (v: { task: number; differs: string }) =>
    `What was approved for task #${v.task} is not what the database holds now: ${v.differs}. The entry is right, the rows beside it were changed.`,
  audit_approval_missing: (v: { task: number }) =>
    `Task #${v.task} was approved, and the database holds no approval of it any more: the row was taken away.`,
  audit_approval_unlogged: (v: { task: number }) =>
    `The database holds an approval of task #${v.task} that the log knows nothing of: it was not made by the server.`,
  audit_run_differs: (v: { task: number; run: string; differs: string }) =>
    `Run ${v.run} of task #${v.task} is not what the database says now: ${v.differs}. The entry is right, the row was changed.`,
  audit_run_missing: (v: { task: number; run: string }) =>
    `Run ${v.run} of task #${v.task} is in the log, and the database holds no such run any more: the row was taken away.`,
  stranger_no_certificate: () =>
    "This connection showed no certificate, so the server doesn't know this machine. Join first: an admin runs `npx nerdy agents invite`, and this machine `nerdy-agent join` with the token.",
  stranger_certificate_ended: (v: { at: string }) =>
    `This machine's certificate ended on ${v.at}. Join again with a new token; an admin makes one with \`npx nerdy agents invite\`.`,
  stranger_certificate_foreign: () =>
    "This certificate is not of this server's authority, or of none of its agents. If the server was set up anew, join again with a new token (`npx nerdy agents invite`).",
  identity_not_local: (v: { name: string }) =>
    `${v.name} joined by an invitation, so it comes by the port for machines, with its certificate: start it with \`nerdy-agent run\`. An agent at the local socket needs a data directory of its own.`,
  local_name_taken: (v: { name: string }) =>
    `${v.name} is another machine's name: of one that is online, or that joined by an invitation. Start this agent with another \`--name\`.`,
  hello_not_certified: () =>
    'The hello names another agent than the certificate. Each machine has an identity of its own: join this one with a token of its own (`npx nerdy agents invite`).',
  agent_twice: (v: { name: string }) =>
    `Two machines use the identity of ${v.name} at once, so both were cut off and ${v.name} is suspended. An admin finds out which is the right one (\`npx nerdy agents\`).`,
  agent_being_replaced: () => 'Another connection of this agent is being looked at. Try again in a moment.',
  agent_cut: () =>
    'An admin removed or suspended this agent, or it joined anew. `npx nerdy agents` says which.',
  gateway_busy: () => 'The server has more to do than it takes just now. Try again a little later.',
  redis_down: () =>
    "The queue can't be reached. Approved work waits safely in the database and goes on when it is back. Check that Redis is up and that REDIS_URL names it.",
} as const;

const because = (reason: string | null): string =>
  reason === null ? '.' : `: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`;

export type SentenceCode = keyof typeof templates;
type Values<C extends SentenceCode> = Parameters<(typeof templates)[C]>[0] extends infer V
  ? V extends undefined
    ? Record<string, never>
    : V
  : never;

/** A code for programs and its words for people, made once where it happened and stored so. */
export interface Sentence {
  code: SentenceCode;
  text: string;
}

/** Fills a code's template. The values are shown as they are; surfaces escape the text like any other. */
export const sentence = <C extends SentenceCode>(code: C, values: Values<C>): Sentence => ({
  code,
  text: (templates[code] as (v: Values<C>) => string)(values),
});
