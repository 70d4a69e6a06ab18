import { describe, expect, it } from 'vitest';
import { InstallLineFault, posixInstallLine, windowsInstallLine } from '../../src/core/install-line.ts';
import { parsePowershell } from '../../src/core/risk/powershell/parse.ts';

const token = 'nerdy-join_WzEsImRiLTF_-0';
const address = 'nerdy.example.com:50051';
const spkiPin = 'YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=';
const ps1Sha256 = 'a1'.repeat(32);

it('a person on Linux or macOS pastes one line, which knows the server by its key', () => {
  expect(posixInstallLine({ token, address, spkiPin })).toBe(
    'curl -fsSk --http1.1 --pinnedpubkey "sha256//YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=" ' +
      '"https://nerdy.example.com:50051/install.sh" | sudo sh -s -- nerdy-join_WzEsImRiLTF_-0',
  );
});

describe('on Windows', () => {
  const line = windowsInstallLine({ token, address, ps1Sha256 });

  it('a person pastes one line, which runs the bytes that it has compared', () => {
    expect(line).toBe(
      "$f = [IO.Path]::GetTempFileName(); curl.exe -fsSk --http1.1 -o $f 'https://nerdy.example.com:50051/install.ps1'; " +
        '$b = [IO.File]::ReadAllBytes($f); Remove-Item $f; ' +
        'if ((Get-FileHash -Algorithm SHA256 -InputStream ([IO.MemoryStream]::new($b))).Hash ' +
        `-ne '${'A1'.repeat(32)}') ` +
        "{ throw 'This is not the install.ps1 that the server promised, so nothing was run. " +
        "Ask for a new line with nerdy agents invite.' }; " +
        '& ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString($b).TrimStart([char]0xFEFF))) ' +
        "-Token 'nerdy-join_WzEsImRiLTF_-0'",
    );
  });

  it('it is PowerShell, of as many statements as were meant', () => {
    const { fault, statements } = parsePowershell(line);
    expect(fault).toBeNull();
    expect(statements).toHaveLength(6);
  });
});

it('an IPv6 address stands in quotes, since zsh would take its brackets for a pattern', () => {
  expect(posixInstallLine({ token, address: '[2001:db8::1]:50051', spkiPin })).toContain(
    ' "https://[2001:db8::1]:50051/install.sh" ',
  );
});

describe('nothing that could mean something else to a shell gets into a line', () => {
  const bad: [string, Partial<Record<'token' | 'address' | 'spkiPin' | 'ps1Sha256', string>>][] = [
    ['a token with a command', { token: 'nerdy-join_a;reboot' }],
    ['a token with a line break', { token: 'nerdy-join_a\nreboot' }],
    ['a token of another kind', { token: 'ghp_abc' }],
    ['an option in the place of a token', { token: '--uninstall' }],
    ['an address that ends the quotes', { address: 'a"; reboot; ":1' }],
    ['an address with a substitution', { address: '$(reboot):1' }],
    ['an address with a path', { address: 'evil.example/x:1' }],
    ['an address with a person in front', { address: 'me@evil.example:1' }],
    ['an address without a port', { address: 'nerdy.example.com' }],
    ['an address with a line break behind', { address: 'nerdy.example.com:1\n' }],
    ['a host that looks like an option', { address: '-o:1' }],
    ['a pin of another length', { spkiPin: 'YhKJ' }],
    ['a pin with another in it', { spkiPin: 'YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tv";x=' }],
    ['a digest that is none', { ps1Sha256: "'; reboot; '" }],
  ];
  it.each(bad)('%s', (_, part) => {
    const parts = { token, address, spkiPin, ps1Sha256, ...part };
    expect(() => [posixInstallLine(parts), windowsInstallLine(parts)]).toThrow(InstallLineFault);
  });
});
