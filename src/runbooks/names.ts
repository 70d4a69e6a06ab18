const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * Programs that run as services on many machines. "nginx status" and "battery status" are the same to a grammar:
 * that one of them names a program has to be known. Others are taken where the sentence marks them as a name.
 */
const programs = words(`
  nginx apache apache2 httpd caddy traefik haproxy envoy varnish squid lighttpd tomcat jetty iis w3svc uwsgi gunicorn unicorn puma
  php php-fpm passenger node nodejs deno bun java python ruby dotnet
  postgres postgresql pgbouncer mysql mysqld mariadb mongo mongod mongodb redis redis-server valkey memcached cassandra
  clickhouse influxdb elasticsearch opensearch solr neo4j couchdb etcd consul vault nomad minio mssql sqlserver oracle
  rabbitmq kafka zookeeper nats activemq mosquitto celery sidekiq
  docker dockerd containerd podman kubelet k3s crio libvirtd lxd
  ssh sshd openssh cron crond anacron atd systemd journald systemd-journald systemd-resolved systemd-networkd systemd-timesyncd
  logind systemd-logind rsyslog rsyslogd syslog syslog-ng auditd dbus udev udevd polkit networkmanager wpa_supplicant
  ntp ntpd chrony chronyd timesyncd bind named unbound dnsmasq dhcpd postfix exim exim4 sendmail dovecot opendkim rspamd
  samba smbd nmbd nfs nfsd rpcbind vsftpd proftpd openvpn wireguard strongswan tailscaled fail2ban ufw firewalld iptables
  crowdsec clamav clamd snapd cups cupsd avahi avahi-daemon bluetooth spooler wuauserv winrm windefend
  prometheus grafana grafana-server loki promtail telegraf collectd zabbix zabbix-agent nagios node_exporter datadog filebeat
  logstash kibana fluentd fluent-bit netdata monit supervisor supervisord pm2 jenkins gitlab gitea keycloak vaultwarden
  nextcloud puppet salt-minion
  엔진엑스 레디스 마이에스큐엘 포스트그레스
`);

/** Programs that are run and end: what they say about a status or a log isn't a service's. */
const tools = words(`
  git svn hg npm npx yarn pnpm pip cargo maven gradle make cmake kubectl helm terraform ansible vagrant aws gcloud az brew apt
  yum dnf pacman zypper snap choco winget curl wget rsync tar vim bash zsh tmux exit http https smtp raid vpn
`);

/** Kinds of things that have names: beside one of these a word that nobody knows is a name ("the billing service"). */
const kinds = words(`
  service services dienst dienste dienstes daemon daemons unit units process processes processus prozess prozesse
  prozesses container containers conteneur conteneurs app apps application applis appli anwendung host server domain
  domaine pm2 서비스 프로세스 컨테이너 앱 호스트 도메인 데몬
`);

export const isProgram = (value: string): boolean =>
  programs.has(value.toLowerCase().replace(/\.service$/, ''));
export const isTool = (value: string): boolean => tools.has(value.toLowerCase());
export const isKind = (key: string): boolean => kinds.has(key);
