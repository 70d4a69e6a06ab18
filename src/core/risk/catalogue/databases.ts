import { Effect, Risk, type Verdict } from '../effect.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { type Dialect, sqlVerdicts } from '../sql.ts';
import { named, say } from '../verdicts.ts';
import type { Arg } from '../word.ts';

const statement = (arg: Arg | null, dialect: Dialect, call: Call): readonly Verdict[] =>
  arg?.value == null
    ? [say('undecidable', 'runs a statement that is only known when it runs')]
    : sqlVerdicts(arg.value, dialect, call);

/** A client of a database: what its options or operands hold as SQL decides. */
const client = (
  dialect: Dialect,
  values: string,
  given: RegExp,
  operand: number | null,
  more: Partial<Rule> = {},
): Rule => ({
  values,
  namesOnly: true,
  ...more,
  check: (call) => {
    const shows = Object.keys(more.turns ?? {}).flatMap((names) => names.split(' '));
    if (call.options.some((o) => shows.includes(o.name))) return [];
    const found = call.options
      .filter((o) => given.test(o.name))
      .flatMap((o) => statement(o.value, dialect, call));
    const runsFile = call.options.some((o) =>
      /^(-f|--file|-i|--init|-init|--init-command|--init-file|-cmd|--tee|-o|--output|-L|--log-file|-P-)$/.test(
        o.name,
      ),
    );
    if (runsFile) found.push(say('runsCode', 'runs a file of statements, or writes one'));
    const rest = operand === null ? [] : call.operands.slice(operand);
    found.push(...rest.flatMap((arg) => statement(arg, dialect, call)));
    if (call.stdin.kind === 'text') found.push(...sqlVerdicts(call.stdin.text, dialect, call));
    else if (call.stdin.kind === 'data') found.push(say('undecidable', 'runs statements from elsewhere'));
    else if (found.length === 0) found.push(say('unknown', 'opens a session'));
    return found;
  },
});

const redisReads =
  /^(ping|info|get|mget|keys|scan|hget|hgetall|hmget|hkeys|hvals|hlen|hscan|lrange|llen|lindex|smembers|scard|sismember|sscan|zrange|zcard|zscore|zcount|zscan|zrangebyscore|ttl|pttl|type|exists|dbsize|strlen|memory|slowlog|latency|client|cluster|config|command|time|role|lastsave|monitor|object|randomkey|echo|xinfo|xlen|xrange|pubsub|getrange|bitcount|acl|module)$/i;
const redisAsks =
  /^(get|list|info|nodes|slots|doctor|usage|stats|latest|history|count|docs|help|encoding|idletime|freq|refcount|myid|getname|id|len|whoami|cat|users|channels|numsub|keyslot|shards|links|graph|stream|groups|consumers)$/i;

/** What takes the data away, or hands the server to another. */
const redisLoses =
  /^(debug|failover|replicaof (?!no one)|slaveof (?!no one)|cluster (reset|flushslots|forget|failover)|script flush|function (flush|delete))\b/i;

const redis = (call: Call): readonly Verdict[] => {
  if (
    call.options.some((o) =>
      /^(--eval|-x|-X|--pipe|--rdb|--functions-rdb|--cluster|--lru-test|-d-)$/.test(o.name),
    )
  )
    return [named.unknown];
  const [command, next] = call.operands;
  if (!command)
    return call.options.some((o) =>
      /^--(stat|bigkeys|memkeys|hotkeys|latency.*|scan|intrinsic-latency)$/.test(o.name),
    )
      ? [named.reads]
      : call.stdin.kind === 'none'
        ? [named.unknown]
        : [named.undecidable];
  if (command.value === null) return [named.undecidable];
  const words = call.operands.map((arg) => arg.value ?? '').join(' ');
  if (/\b(flushall|flushdb|shutdown|swapdb)\b/i.test(words) || redisLoses.test(words))
    return [say('destroys', `${command.value.toUpperCase()} loses the data or the server`)];
  if (!redisReads.test(command.value)) return [named.writes];
  if (
    /^config get\b/i.test(words) &&
    /pass|auth|user|secret|key|[*?[]/i.test(words.slice('config get'.length))
  )
    return [say('secrets', 'shows passwords of the server')];
  if (/^(config|client|cluster|memory|slowlog|latency|acl|module|object|xinfo|pubsub)$/i.test(command.value))
    return [redisAsks.test(next?.value ?? '') ? named.reads : named.services];
  return [named.reads];
};

const mongo = (call: Call): readonly Verdict[] => {
  const code = call.options.find((o) => o.name === '--eval' || o.name === '-eval')?.value;
  if (!code) return [say('unknown', 'opens a session or runs a file')];
  const text = code.value;
  if (text === null) return [named.undecidable];
  if (/\b(drop\w*|delete\w*|remove\w*|shutdown\w*|fsyncLock)\b/i.test(text))
    return [say('destroys', 'removes data')];
  const called = [...text.matchAll(/([\w$]+)\s*\(/g)].map(([, name = '']) => name);
  const isPlain = /^[\w\s.,:"'(){}$;-]*(\[[\w\s.,:"'{}$-]*\][\w\s.,:"'(){}$;-]*)*$/.test(text);
  return [
    isPlain &&
    called.length > 0 &&
    called.every((name) => mongoReads.has(name)) &&
    !/\$(out|merge|function|where|accumulator)\b|\]\s*\(|(?<![=!<>])=(?!=)/.test(text)
      ? named.reads
      : say('unknown', 'runs code in the database'),
  ];
};
const mongoReads: ReadonlySet<string> = new Set(
  'find findOne count countDocuments estimatedDocumentCount distinct stats status conf isMaster serverStatus version getCollectionNames getCollectionInfos getCollection getSiblingDB getMongo getDBNames hello explain limit sort skip toArray pretty projection currentOp printReplicationInfo printSecondaryReplicationInfo getIndexes totalIndexSize totalSize dataSize storageSize hostInfo serverBuildInfo print printjson tojson size length aggregate ObjectId ISODate'.split(
    ' ',
  ),
);

export const data: Family = {
  rules: {
    psql: client(
      'postgres',
      '-c --command -h --host -p --port -U --username -d --dbname -f --file -v --set --variable -o --output -L --log-file -F --field-separator -P --pset -R -T',
      /^(-c|--command)$/,
      null,
      { turns: { '-l --list -V --version -? --help': 'reads' } },
    ),
    'mysql mariadb': client(
      'mysql',
      '-e --execute -h --host -P --port -u --user -D --database --defaults-file --defaults-extra-file --socket -S --init-command --tee --ssl-ca',
      /^(-e|--execute|--init-command)$/,
      null,
      { turns: { '-V --version -? --help': 'reads' } },
    ),
    'sqlite3 sqlite duckdb': client(
      'sqlite',
      '-cmd -init -separator -newline -nullvalue -mode -maxsize -mmap -vfs -c -f',
      /^(-cmd|-c)$/,
      1,
      { singleDash: true, turns: { '-help -version --help --version': 'nothing' } },
    ),
    sqlcmd: {
      turns: { '--help --version': 'nothing', '-?': 'nothing' },
      is: 'unknown',
      sub: { query: client('any', '-t --text -q --query', /^(-t|--text|-q|--query)$/, 0), config: 'writes' },
    },
    'clickhouse-client clickhouse': client(
      'any',
      '-q --query -h --host --port -u --user --password -d --database',
      /^(-q|--query)$/,
      null,
    ),
    cqlsh: client('any', '-e --execute -u -p -k', /^(-e|--execute)$/, null),
    'redis-cli valkey-cli keydb-cli': {
      check: redis,
      values: '-h -p -a -n -u -s --user --pass --eval -r -i -d --pattern --cacert --cert --key',
      turns: { '-v --version --help': 'nothing' },
      namesOnly: true,
      stopsAtOperand: true,
    },
    'mongosh mongo': {
      check: mongo,
      values: '--eval --host --port -u -p --username --password --authenticationDatabase',
      turns: { '--version --help': 'nothing' },
    },
    'pg_dump pg_dumpall mysqldump mariadb-dump mongodump': {
      is: {
        risk: Risk.changes,
        effects: [Effect.reads, Effect.readsSecrets],
        why: 'gives out whole databases',
      },
      flags: { '-f --file -r --result-file -o --out --tab -T': 'writes' },
    },
    'pg_restore mongorestore mysqlimport mongoimport createdb createuser pg_upgrade initdb pg_resetwal mysqladmin-write':
      'writes',
    'dropdb dropuser': say('destroys', 'drops a database or a user'),
    'pg_isready pgbench-list mysqlcheck mongostat mongotop mysqlshow mysqlslap-list pg_controldata pg_config pg_lsclusters mytop innotop':
      {
        is: 'reads',
        flags: { '-r --repair -o --optimize --auto-repair --fix-db-names --fix-table-names': 'writes' },
      },
    mysqladmin: {
      values: '-u -h -P -S -i -c --user --host --port --socket --sleep --count',
      // Several commands may stand one after the other.
      check: (call) =>
        call.operands.map(({ value }) =>
          /^(drop|shutdown)$/.test(value ?? 'drop')
            ? say('destroys', `runs ${value ?? 'what only shows when it runs'} on the server`)
            : /^(status|extended-status|processlist|ping|version|variables)$/.test(value ?? '')
              ? named.reads
              : named.services,
        ),
    },
    'pg_ctl pg_ctlcluster': {
      is: 'services',
      check: (call) => (call.operands.some((a) => a.value === 'status') ? [] : []),
    },
    'vacuumdb reindexdb clusterdb pgbench pgbadger': 'writes',
    'kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-acls':
      {
        is: 'remote',
        turns: { '--delete --delete-offsets': 'remoteDestroys', '--list --describe --version': 'network' },
      },
    'kafka-delete-records kafka-delete-records.sh': 'remoteDestroys',
    rabbitmqctl: {
      is: 'services',
      values: '-n -p -q --node --vhost',
      sub: {
        'list_* status cluster_status ping node_health_check environment report version help': 'reads',
        eval: say('undecidable', 'runs code in the server'),
        'delete_* reset force_reset purge_queue stop stop_app forget_cluster_node': 'destroys',
        '*': 'services',
      },
    },
    rabbitmqadmin: {
      is: 'remote',
      sub: { 'list show help': 'network', 'delete purge': 'remoteDestroys', '*': 'remote' },
      values: '-H -u -p -V',
    },
    nats: {
      is: 'remote',
      sub: {
        'stream kv bucket consumer context account server object str con': {
          is: 'remote',
          sub: {
            'ls list info report state get status check': 'network',
            'rm del delete purge rmm': 'remoteDestroys',
            '*': 'remote',
          },
        },
      },
    },
    'influx cockroach neo4j-admin cypher-shell': 'unknown',
  },
  examples: {
    'read-only': [
      "psql -c 'select 1'",
      'psql -l',
      "mysql -e 'SHOW DATABASES'",
      "sqlite3 a.db 'SELECT * FROM b'",
      'redis-cli info',
      'redis-cli -h a get b',
      'pg_isready',
      'redis-cli config get maxmemory',
      "psql -U a -h b -tAc 'SELECT count(*) FROM x;'",
    ],
    changes: [
      "psql -c 'INSERT INTO a VALUES (1)'",
      'psql',
      'psql -f x.sql',
      'redis-cli set a b',
      "sqlite3 a.db 'VACUUM'",
      'pg_dump a',
      'redis-cli config set a b',
      "psql -c 'SELECT pg_terminate_backend(1)'",
      'mysql -e \'SELECT 1 INTO OUTFILE "/tmp/x"\'',
      "psql -c 'COPY a TO STDOUT'",
      "psql -c 'select 1' -o f",
    ],
    dangerous: [
      "psql -c 'DROP TABLE a'",
      "mysql -e 'DELETE FROM a'",
      'redis-cli flushall',
      'dropdb a',
      'psql -c "$q"',
      'cat x.sql | psql',
      "psql -c 'SELECT 1; TRUNCATE a'",
      "mysql -e 'UPDATE a SET b=1'",
      "psql <<'E'\nDROP DATABASE a;\nE",
      "echo 'drop table a' | psql",
    ],
  },
};
