import { UsageError } from '../../platform/program/command-line';
import { readCommand, usageFor } from './customer-command';

describe('The command line of npm run customer', () => {
  it.each<[string[], object]>([
    [['create', '--name', 'Acme'], { name: 'create', customerName: 'Acme', tenantId: null, json: false }],
    [['create', '--json', '--tenant=blue', '--name=Ä B'], { customerName: 'Ä B', tenantId: 'blue', json: true }],
    [['rotate', 'x'], { name: 'rotate', id: 'x', graceSeconds: 86_400 }],
    [['rotate', 'x', '--grace', '0'], { graceSeconds: 0 }],
    [['rotate', '--grace', '90s', 'x'], { id: 'x', graceSeconds: 90 }],
    [['rotate', 'x', '--grace', '30m'], { graceSeconds: 1800 }],
    [['rotate', 'x', '--grace', '7d'], { graceSeconds: 604_800 }],
    [['disable', 'x', '--json'], { name: 'disable', id: 'x', json: true }],
    [['enable', 'x'], { name: 'enable', id: 'x' }],
    [['list'], { name: 'list', json: false }],
  ])('parses %j', (args, command) => {
    expect(readCommand(args)).toMatchObject(command);
  });

  it.each([[['--help']], [['-h']], [['help']], [['rotate', '--help']]])('prints the usage for %j', (args) => {
    expect(usageFor(args)).toMatch(/^Usage: npm run customer/);
  });

  it('does not print the usage for valid commands', () => {
    expect([usageFor([]), usageFor(['create', '--name', 'help'])]).toEqual([null, null]);
  });

  it.each<[string[], RegExp]>([
    [[], /^Say what to do/],
    [['remove', 'x'], /"remove"/],
    [['create'], /^--name/],
    [['create', '--name', ' '], /^--name/],
    [['create', '--name', 'x'.repeat(201)], /^--name/],
    [['create', '--name', 'a\0b'], /^--name/],
    [['create', '--name', 'a', '--tenant', ''], /^--tenant/],
    [['create', 'Acme', '--name', 'a'], /"Acme"/],
    [['create', '--name', 'a', '--secret', 'mine'], /--secret/],
    [['rotate'], /needs the id/],
    [['rotate', 'x', '--grace', 'soon'], /^--grace/],
    [['rotate', 'x', '--grace', '24'], /^--grace/],
    [['rotate', 'x', '--grace=-1h'], /^--grace/],
    [['rotate', 'x', '--grace', '367d'], /^--grace/],
    [['disable', 'x', 'y'], /"y"/],
    [['enable', 'x', '--grace', '0'], /--grace/],
    [['list', 'x'], /"x"/],
  ])('is rejected with a reason and the usage: %j', (args, reason) => {
    expect(() => readCommand(args)).toThrow(UsageError);
    expect(() => readCommand(args)).toThrow(reason);
    expect(() => readCommand(args)).toThrow(/Usage: npm run customer/);
  });
});
