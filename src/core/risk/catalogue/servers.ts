import type { Family } from '../rule.ts';

export const servers: Family = {
  rules: {
    'nginx openresty angie': {
      is: 'services',
      turns: { '-t -T -v -V -h': 'reads' },
      values: '-c -s -g -p -e',
      flags: { '-s -g -c -p -e': 'services' },
    },
    'apachectl apache2ctl httpd apache2': {
      is: 'services',
      turns: { '-t -S -v -V -M -l -L': 'reads' },
      sub: { 'configtest status fullstatus': 'reads', '*': 'services' },
    },
    'haproxy caddy traefik varnishd envoy prometheus alertmanager grafana-server': {
      is: 'services',
      turns: { '-c --version version -v -vv': 'reads' },
    },
    'a2ensite a2dissite a2enmod a2dismod php-fpm uwsgi gunicorn': 'services',
    'varnishlog varnishstat varnishtop goaccess': { is: 'reads', flags: { '-w -o --output -D': 'writes' } },
    'promtool amtool': { is: 'unknown', sub: { 'check query': 'reads', '*': 'remote' } },
    'postfix postsuper': 'services',
    mailq: 'reads',
    postqueue: { is: 'services', turns: { '-p -j': 'reads' }, plain: '-v', values: '-c -i -s' },
    'exim exim4': { is: 'services', turns: { '-bp -bpc -bpr -bpu -bpra -bV': 'reads' }, singleDash: true },
    'fail2ban-client': { is: 'services', sub: { 'status ping version get': 'reads', '*': 'services' } },
    'wp drush artisan': { is: 'runsCode', noHelp: true },
    consul: { is: 'remote', sub: { 'members info version catalog': 'reads', '*': 'remote' } },
    nomad: { is: 'remote', sub: { 'status version': 'reads', '*': 'remote' } },
    'rndc named-checkconf named-checkzone': { is: 'services', sub: { status: 'reads' } },
  },
  examples: {
    'read-only': ['nginx -t', 'apachectl configtest', 'mailq', 'fail2ban-client status'],
    changes: ['nginx -s reload', 'a2ensite x', 'prometheus'],
  },
};
