import { andList } from './word-lists.ts';

/** Sentences about scripts that are kept as runbooks; `sentences.ts` makes them. */
export const keepSentences = {
  keep_by_people: () =>
    'Only a person keeps a script as a runbook. Open the task and keep it from your own account.',
  keep_not_done: (v: { number: number; state: string }) =>
    `Task #${v.number} is ${v.state}. Only a script that was approved, and ran well somewhere, can be kept.`,
  keep_none_succeeded: (v: { number: number }) =>
    `The script of task #${v.number} ran well on no machine, so it is not kept. Ask again, mend the script, and keep the one that works.`,
  keep_is_runbook: (v: { number: number; name: string }) =>
    `The script of task #${v.number} is the runbook "${v.name}" already, word for word. Ask for that; or edit the script before it runs, and keep what you made of it.`,
  keep_file_exists: (v: { name: string }) =>
    `There is a file runbooks/${v.name}.yml, and files go first, so nothing kept under that name would be found. Choose another name, or change the file.`,
  keep_unusable: (v: { problems: readonly string[] }) => `This can't be kept: ${v.problems.join(' ')}`,
  keep_has_placeholder: (v: { name: string }) =>
    `The script holds {{${v.name}}}, which a runbook would take for a parameter. Write it otherwise, and run that first.`,
  keep_names_machine: (v: { names: readonly string[] }) =>
    `The script itself names ${andList(v.names)}, and a runbook is for any machine. Edit it so that it finds the machine's name itself (hostname), and run that first.`,
  keep_parameter_nameless: (v: { line: string }) =>
    `"${v.line}" is no parameter. Write each on a line of its own as name = value, for example service = nginx.`,
  keep_parameter_twice: (v: { value: string }) => `"${v.value}" is named as two parameters. Name it once.`,
  keep_parameter_absent: (v: { value: string }) =>
    `"${v.value}" stands nowhere in the script as a word of its own, so it can't be a parameter. Leave it out, or name a value that the script has.`,
  keep_parameter_mixed: (v: { value: string; line: number }) =>
    `On line ${v.line} of the script "${v.value}" stands inside quotes or a longer word, where no other value can be put safely. Leave it fixed, or edit the script so that it stands alone, and run that first.`,
  keep_parameter_shape: (v: { value: string }) =>
    `"${v.value}" can't be a parameter: one is a name (letters, digits and . _ : @ -), a path from / on, or a whole number.`,
  keep_too_many: (v: { max: number }) =>
    `${v.max} runbooks are kept already. Retire those that nobody uses (\`npx nerdy runbooks\` says when each ran last), or put some in runbooks/ as files.`,
  runbook_unknown: (v: { name: string }) =>
    `There is no runbook called "${v.name}". \`npx nerdy runbooks\` lists them.`,
  runbook_version_unknown: (v: { name: string; version: number; latest: number }) =>
    `The runbook "${v.name}" has no version ${v.version}; the latest is ${v.latest}.`,
  runbook_is_file: (v: { name: string }) =>
    `"${v.name}" is a file, runbooks/${v.name}.yml: whoever runs this server changes it there.`,
  runbook_retired_already: (v: { name: string }) => `The runbook "${v.name}" is retired already.`,
  runbook_altered: (v: { name: string; version: number }) =>
    `The database holds another text for version ${v.version} of the runbook "${v.name}" than the audit log says was kept, so it is not used. Have an admin run \`npx nerdy audit verify\`.`,
};
