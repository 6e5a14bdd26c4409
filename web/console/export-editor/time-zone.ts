import { UTC } from './draft';

/** Browsers list some zones under names that have been replaced, and accept the current ones. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** The time zone of the browser, in which its user thinks of days. */
export function localTimeZone(): string {
  return currentName(new Intl.DateTimeFormat().resolvedOptions().timeZone || UTC);
}

/** All zones that the browser knows, by their current names. */
export function allTimeZones(): string[] {
  return [...new Set(Intl.supportedValuesOf('timeZone').map(currentName))].sort();
}

/** The zone; UTC where the browser does not know it, in which its times are then shown. */
export function knownZone(zone: string): string {
  return isKnown(zone) ? zone : UTC;
}

/** Such as "UTC+03:00", at a moment. */
export function offsetOf(zone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return name === 'GMT' ? UTC : name.replace('GMT', UTC);
}

function currentName(zone: string): string {
  const renamed = RENAMED[zone];
  return renamed !== undefined && isKnown(renamed) ? renamed : zone;
}

function isKnown(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
