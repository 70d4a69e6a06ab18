import { gatewayAddressPattern } from './join-token.ts';
import { quote } from './quote.ts';

/** What the two lines are made of. None of it comes from whoever asks over HTTP. */
export interface InstallLineParts {
  /** Single-use, as `nerdy agents invite` made it. */
  token: string;
  /** Where machines reach the gateway: `host:port`, an IPv6 address in brackets. */
  address: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo) of the gateway's certificate, in base64. */
  spkiPin: string;
  /** SHA-256 of install.ps1 as it is served, in hexadecimal. */
  ps1Sha256: string;
}

/** A value can't stand in a command line that people paste as root; the field says which. */
export class InstallLineFault extends Error {
  readonly code = 'install_line';
  readonly field: string;
  constructor(field: string, value: string) {
    super(`${field} can't stand in an install line: ${JSON.stringify(value.slice(0, 100))}`);
    this.name = 'InstallLineFault';
    this.field = field;
  }
}

/**
 * No character of these means anything to sh, zsh, PowerShell, curl's globbing or a URL, but for the brackets of an IPv6
 * address, which only zsh and curl look at: the one leaves them alone in quotes, the other knows addresses.
 */
const shapes = {
  token: /^nerdy-join_[\w-]{1,4000}$/,
  address: gatewayAddressPattern,
  spkiPin: /^[A-Za-z0-9+/]{43}=$/,
  sha256: /^[0-9a-f]{64}$/,
} as const;

/** Throws InstallLineFault for what has another shape; returns what has it. */
export const installValue = (shape: keyof typeof shapes, value: string): string => {
  if (!shapes[shape].test(value)) throw new InstallLineFault(shape, value);
  return value;
};

/**
 * For Linux and macOS. HTTP/1.1 is asked for by name: the port speaks HTTP/2 as well, and that is for agents. The server's certificate is of its own CA, which the machine doesn't know yet: `-k` leaves that
 * check out, and `--pinnedpubkey` holds the key against the pin in its place, before anything is sent or taken (curl checks it
 * with `-k` too: https://curl.se/docs/manpage.html#--pinnedpubkey). So a stranger on the way can serve nothing.
 * `--http1.1`, since what speaks HTTP/2 at that port is taken for an agent.
 *
 * @throws InstallLineFault.
 */
export const posixInstallLine = ({ token, address, spkiPin }: Omit<InstallLineParts, 'ps1Sha256'>): string =>
  `curl -fsSk --http1.1 --pinnedpubkey "sha256//${installValue('spkiPin', spkiPin)}" ` +
  `"https://${installValue('address', address)}/install.sh" | sudo sh -s -- ${installValue('token', token)}`;

/**
 * For Windows PowerShell 5.1 and newer, started as administrator. The file's bytes are read once, and what was read is
 * compared and run: a file that is compared and then started could be changed in between by any program of the same user.
 * A block made from text needs no change of the execution policy either.
 *
 * @throws InstallLineFault.
 */
export const windowsInstallLine = ({
  token,
  address,
  ps1Sha256,
}: Omit<InstallLineParts, 'spkiPin'>): string => {
  const url = quote('powershell', `https://${installValue('address', address)}/install.ps1`);
  const digest = quote('powershell', installValue('sha256', ps1Sha256).toUpperCase());
  return [
    '$f = [IO.Path]::GetTempFileName()',
    `curl.exe -fsSk --http1.1 -o $f ${url}`,
    '$b = [IO.File]::ReadAllBytes($f)',
    'Remove-Item $f',
    `if ((Get-FileHash -Algorithm SHA256 -InputStream ([IO.MemoryStream]::new($b))).Hash -ne ${digest}) { throw 'This is not the install.ps1 that the server promised, so nothing was run. Ask for a new line with nerdy agents invite.' }`,
    `& ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString($b).TrimStart([char]0xFEFF))) -Token ${quote('powershell', installValue('token', token))}`,
  ].join('; ');
};
