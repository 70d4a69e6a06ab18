import { hiddenCommands } from '../code.ts';
import type { Family } from '../rule.ts';
import { say } from '../verdicts.ts';

const gone = say('remoteDestroys', 'removes a secret or what holds it');

/** Keepers of secrets: asking for a name is a read, asking for a value reads a secret. */
export const secrets: Family = {
  rules: {
    vault: {
      is: 'secrets',
      sub: {
        'status version': 'reads',
        'kv secrets auth policy lease token': {
          is: 'secrets',
          sub: { list: 'network', 'delete destroy disable revoke metadata': gone, '*': 'secrets' },
        },
        delete: gone,
        '*': 'secrets',
      },
    },
    op: {
      is: 'secrets',
      check: hiddenCommands,
      sub: {
        'item document vault user group account': {
          is: 'secrets',
          sub: { list: 'network', delete: gone, '*': 'secrets' },
        },
      },
    },
    doppler: {
      is: 'secrets',
      check: hiddenCommands,
      sub: {
        'secrets projects configs environments': { is: 'secrets', sub: { delete: gone, '*': 'secrets' } },
        '*': 'secrets',
      },
    },
    'pass gopass bw lpass age sops chamber envchain secret-tool gnome-keyring-daemon ssss': {
      is: 'secrets',
      sub: { 'rm delete': gone },
    },
    'mimikatz hashcat john hydra': say('opens', 'breaks passwords'),
  },
  examples: {
    changes: ['vault kv get a', 'pass show a', 'op item get x', 'doppler secrets'],
    dangerous: ['vault kv delete a', 'op item delete x'],
  },
};
