import type { Family } from '../rule.ts';
import { say } from '../verdicts.ts';

export const users: Family = {
  rules: {
    'useradd adduser usermod groupadd addgroup groupmod gpasswd newgrp chsh chfn newusers': 'permissions',
    'userdel deluser groupdel delgroup': { is: say('opens', 'removes a user or a group') },
    passwd: { is: 'permissions', turns: { '-S --status': 'reads' } },
    'chpasswd pwconv pwunconv grpconv vigr-x': 'permissions',
    chage: { is: 'permissions', turns: { '-l --list': 'reads' } },
    'aa-status sestatus getenforce getsebool semodule-l ausearch aureport faillog getcap lslogins-x': {
      is: 'reads',
      flags: { '-r --reset': 'permissions' },
    },
    'setenforce setsebool semanage aa-disable aa-complain aa-teardown setcap auditctl pam-auth-update': say(
      'opens',
      'weakens or changes what guards the machine',
    ),
    faillock: { is: 'reads', flags: { '--reset': 'permissions' } },
    ldapsearch: 'network',
    'ldapadd ldapmodify ldapdelete ldappasswd kinit kdestroy realm': 'remote',
    'klist sssctl': 'reads',
  },
  examples: {
    'read-only': ['passwd -S root', 'chage -l root', 'getenforce', 'id root'],
    changes: ['useradd x', 'passwd x', 'chown a b'],
    dangerous: ['userdel -r x', 'setenforce 0', 'chown -R x /'],
  },
};
