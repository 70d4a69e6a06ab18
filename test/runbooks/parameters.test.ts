import { describe, expect, it } from 'vitest';
import { findParameters } from '../../src/runbooks/parameters.ts';
import { createRetriever } from '../../src/runbooks/retrieve.ts';
import { fixtureSet } from './fixtures/fixture.ts';

const runbooks = fixtureSet();
const retriever = createRetriever(runbooks);
const find = (name: string, request: string) => {
  const runbook = runbooks.find((r) => r.name === name);
  if (runbook === undefined) throw new Error(name);
  const { values, missing } = findParameters(runbook, request, retriever);
  return { values, missing };
};

describe('parameters of a request', () => {
  it.each([
    ['is nginx running?', 'nginx'],
    ['Is NGINX running', 'NGINX'],
    ['status of the `php8.2-fpm` service', 'php8.2-fpm'],
    ['status of the "nginx" service', 'nginx'],
    ['check service user@1000.service.', 'user@1000.service'],
    ['nginx status', 'nginx'],
    ['status of docker', 'docker'],
    ["état du service nginx s'il te plaît", 'nginx'],
    ['nginx 서비스 상태 보여줘', 'nginx'],
    ['nginx가 실행 중이야?', 'nginx'],
    ['service=nginx status', 'nginx'],
    ['is clean-cache.service running?', 'clean-cache.service'],
  ])('in "%s": %s', (request, service) => {
    expect(find('service-status', request)).toEqual({ values: { service }, missing: [] });
  });

  it('cuts a Korean particle from the value', () => {
    for (const said of ['nginx를 재시작해줘', 'nginx을 다시 시작해줘', 'nginx 재시작해줘']) {
      expect(find('service-restart', said).values).toEqual({ service: 'nginx' });
    }
  });

  it('tells two parameters apart by what stands around them', () => {
    expect(find('port-check', 'last 20 connections to port 443').values).toEqual({
      count: '20',
      port: '443',
    });
    expect(find('port-check', 'connections to port 443, the last 20').values.port).toBe('443');
  });

  it('takes the default where nothing is said', () => {
    expect(find('port-check', 'what listens on port 22?').values).toEqual({ port: '22', count: '10' });
  });

  it('names what is missing, and takes no word of the sentence for it', () => {
    for (const request of [
      'restart the service',
      'restart',
      'please restart the server',
      'restart it',
      'restart all services',
    ]) {
      expect(find('service-restart', request)).toEqual({ values: {}, missing: ['service'] });
    }
  });

  it('takes only a value that matches the whole pattern', () => {
    expect(find('port-check', 'what listens on port 8080x?').missing).toEqual(['port']);
    expect(find('port-check', 'what listens on port 123456?').missing).toEqual(['port']);
    expect(find('service-restart', 'restart "nginx; reboot"').missing).toEqual(['service']);
    expect(find('service-restart', 'restart $(reboot)').values.service ?? '').not.toMatch(/[$()]/);
  });

  it("takes none of the runbook's own words, except in quotes", () => {
    expect(find('service-restart', 'restart systemctl unit').missing).toEqual(['service']);
    expect(find('service-restart', 'restart "systemctl"').values).toEqual({ service: 'systemctl' });
  });

  it('takes a bare number for nothing but a number', () => {
    expect(find('service-status', 'status of the last 20 of service sshd').values).toEqual({
      service: 'sshd',
    });
  });
});
