/** Secrets for tests. Put together here, so that no file of ours holds what a scanner would take for a real one. */

const many = (part: string, chars: number): string =>
  part.repeat(Math.ceil(chars / part.length)).slice(0, chars);

const line64 = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnXygWyF8PbnGy0AHB7MaU4l7dXKqLQq5lq';
export const keyBody = [line64, many('q8Zx+Y/', 64), many('Kp3', 64), `${many('v9', 38)}==`];
const dashes = '-'.repeat(5);

/** A key file's lines. */
export const pemLines = (kind = 'RSA PRIVATE KEY'): string[] => [
  `${dashes}BEGIN ${kind}${dashes}`,
  ...keyBody,
  `${dashes}END ${kind}${dashes}`,
];

export const tokens = {
  aws: `AKIA${many('Q3EX', 16)}`,
  github: `ghp_${many('a1B2', 36)}`,
  githubFine: `github_pat_${many('11ABC_def', 82)}`,
  gitlab: `glpat-${many('x9Yz', 20)}`,
  slack: `xoxb-${many('123456', 12)}-${many('aB3', 24)}`,
  discord: `M${many('Tk4', 24)}.${many('Gx1', 6)}.${many('abC9_', 30)}`,
  telegram: `${many('123456789', 9)}:AA${many('Hq-7z', 33)}`,
  google: `AIza${many('SyD9_x', 35)}`,
  openai: `sk-proj-${many('aB3dE5', 40)}`,
  stripe: `sk_live_${many('4eC39', 24)}`,
  jwt: `eyJ${many('hbGciOi', 20)}.eyJ${many('zdWIi', 30)}.${many('SflK9', 40)}`,
  vault: `hvs.${many('CAES1', 30)}`,
  join: `nerdy-join_${many('WzEsImdhdGV3', 180)}`,
  npm: `npm_${many('aB3dE5', 36)}`,
  age: `AGE-SECRET-KEY-1${many('QPZRY9X8', 58)}`,
  sendgrid: `SG.${many('aB3', 22)}.${many('xY9_', 43)}`,
  shadow: `$6$${many('saltS1', 12)}$${many('h4sh./', 60)}`,
  base64Pem: `LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t${many('Cg9x', 60)}`,
};
