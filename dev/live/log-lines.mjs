// @ts-check

const usual = new Set(['level', 'pid', 'timestamp', 'message', 'context', 'stack', 'request_id']);

/** A line of the service's log for a person to read. @param {string} line */
export function readableLine(line) {
  const entry = parse(line);
  if (!entry) return line;
  const { level, timestamp, message, context, stack } = entry;
  const details = Object.entries(entry)
    .filter(([name]) => !usual.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const mark = level === 'log' ? '' : `${String(level).toUpperCase()} `;
  const place = context ? `  (${context})` : '';
  const time = new Date(timestamp).toLocaleTimeString('en-GB');
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return `${time}  ${mark}${text}${details.join('')}${place}${stack ? `\n${stack}` : ''}`;
}

/** @param {string} line */
function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
