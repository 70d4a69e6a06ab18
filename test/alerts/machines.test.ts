import { describe, expect, it } from 'vitest';
import { machineHints, machinesIn, orderedMachines } from '../../src/alerts/machines.ts';

const valuesIn = (labels: Record<string, string>): string[] =>
  orderedMachines(machinesIn(labels, 'labels')).map(({ kind, value }) => `${kind} ${value}`);

describe('the machine that an alert is about', () => {
  it('is what stands before the port, and then without its domain', () => {
    expect(valuesIn({ instance: 'db1.example.com:9100' })).toEqual(['name db1.example.com', 'name db1']);
    expect(valuesIn({ instance: 'https://web7.example.com:8443/health?x=1' })).toEqual([
      'name web7.example.com',
      'name web7',
    ]);
  });

  it('is an address, of either version, without its port', () => {
    expect(valuesIn({ instance: '10.0.3.7:9100' })).toEqual(['address 10.0.3.7']);
    expect(valuesIn({ instance: '[fd00::7]:9100' })).toEqual(['address fd00::7']);
    expect(valuesIn({ host: 'fd00::7' })).toEqual(['address fd00::7']);
  });

  it("is never whoever measured itself: 127.0.0.1 is somebody else's on every machine", () => {
    expect(valuesIn({ instance: '127.0.0.1:9090', host: 'localhost' })).toEqual([]);
  });

  it("is a cloud's own id of it, by its label or by its form", () => {
    expect(valuesIn({ InstanceId: 'i-0d0721c7f97545d43' })).toEqual(['instance i-0d0721c7f97545d43']);
    expect(valuesIn({ instance_id: '8979287136362607111' })).toEqual(['instance 8979287136362607111']);
    expect(valuesIn({ host: 'i-0d0721c7f97545d43' })).toEqual(['instance i-0d0721c7f97545d43']);
  });

  it("is told by Amazon's private DNS name too", () => {
    expect(valuesIn({ node: 'ip-10-0-3-7.ec2.internal' })).toEqual([
      'name ip-10-0-3-7.ec2.internal',
      'address 10.0.3.7',
      'name ip-10-0-3-7',
    ]);
  });

  it('is looked for in many places, the likeliest first, and each says where it was read', () => {
    const found = machinesIn({ node: 'n1', instance: 'db1:9100', 'host.name': 'db1', job: 'x' }, 'labels');
    expect(found).toEqual([
      { kind: 'name', value: 'db1', from: 'labels.instance' },
      { kind: 'name', value: 'db1', from: 'labels.host.name' },
      { kind: 'name', value: 'n1', from: 'labels.node' },
    ]);
    expect(orderedMachines(found).map(({ value }) => value)).toEqual(['db1', 'n1']);
  });

  it('may be several in one label', () => {
    expect(machineHints('db1, db2', 'tags.host').map(({ value }) => value)).toEqual(['db1', 'db2']);
  });

  it('is no sentence and no shell', () => {
    expect(valuesIn({ host: 'the big one in the corner; really' })).not.toContain('name the big one');
    expect(valuesIn({ host: '$(reboot)', instance: '`id`', hostname: '../../etc' })).toEqual([]);
  });
});
