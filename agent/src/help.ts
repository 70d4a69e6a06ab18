const join = `Usage: nerdy-agent join <token> [--data <dir>] [--name <name>] [--again]

Makes this machine an agent of the server that printed the token (\`nerdy agents invite\`). The token says where the
server is and how to know it; with \`-\` in its place it is read from standard input.
  --name <name>  what this machine would like to be called; the host's name otherwise
  --again        join although this machine has joined before`;

const run = `Usage: nerdy-agent run [--data <dir>] [--run-as <user>]
       nerdy-agent run --socket <path> --data <dir> [--name <name>] [--label <key>=<value>]… [--run-as <user>]

Runs the agent: of the server that this machine has joined, or by a server's local socket. On Windows --gateway
127.0.0.1:<port> takes the place of --socket, and NERDY_AGENT_TOKEN holds the token.
  --run-as <user>  whom scripts run as, where this machine's policy names nobody; the agent must run as root`;

const status = `Usage: nerdy-agent status [--data <dir>] [--json]

Tells which server this machine has joined, until when its certificate is good, whether an agent runs, and what its
spool holds.`;

const leave = `Usage: nerdy-agent leave [--data <dir>] [--force]

Destroys this machine's key and identity, and what its spool holds. The server still lists it until somebody removes it
there. Refused while an agent runs, and while runs are unfinished but for --force.`;

const policy = `Usage: nerdy-agent policy
       nerdy-agent policy check [<file>]

What this machine's own policy is, and whether it lets the script on standard input run.`;

const all = `Usage: nerdy-agent <command>

  join <token>  make this machine an agent of a server
  run           run the agent
  status        what this machine has joined, and how it stands
  leave         undo join
  policy        what this machine's own policy says
  --version     the agent's version

\`nerdy-agent <command> --help\` tells more. --data or NERDY_AGENT_DATA says where identity and spool are.
Exit codes: 0 done, 1 a fault, 2 wrong use, 3 refused, 4 the server can't be reached, 5 no server was joined.`;

const pages: Readonly<Record<string, string>> = { join, run, status, leave, policy };

/** How a command is used; of all of them when there is no such one. */
export const helpFor = (command: string | undefined): string => pages[command ?? ''] ?? all;
