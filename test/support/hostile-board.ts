/** A text of the board that must be a text in every file. */
export const HOSTILE_TEXT = '</text></svg><script>alert(1)</script><img src=x onerror=alert(2)>&lol;]]>';

const HOSTILE_SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" onload="alert(3)">
  <script>alert(4)</script><image href="http://elsewhere.test/a.png" width="9" height="9"/>
  <foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="http://elsewhere.test/"/></foreignObject>
  <rect width="40" height="40" fill="lime"/></svg>`;

/** A board that tries to bring markup, scripts and addresses into a file. */
export function hostileBoard(): Buffer {
  const markup = '"/><script>alert(5)</script><a href="javascript:alert(6)';
  const image = (src: string, x: number) => ({ type: 'image', src, x, y: 100, width: 40, height: 40 });
  const text = (content: string, y: number, color = '#000000') => ({
    tool: 'text',
    color,
    size: 5,
    points: [{ x: 10, y }],
    text: content,
  });
  const page = {
    id: markup,
    name: markup,
    background: { type: 'color', color: markup },
    assets: [
      image(`data:image/svg+xml;base64,${Buffer.from(HOSTILE_SVG).toString('base64')}`, 10),
      image('http://elsewhere.test/b.png', 60),
      image('javascript:alert(7)', 110),
      image(`data:image/svg+xml,${markup}`, 160),
    ],
    strokes: [
      text(HOSTILE_TEXT, 10),
      text('control \u0000\u0001\u001b\u0085\ud800\ufffe\uffff characters', 40),
      text('colour', 70, `red;background:url(http://elsewhere.test/c)${markup}`),
      {
        tool: 'pen',
        color: 'url(http://elsewhere.test/d)',
        size: 4,
        points: [
          { x: 1, y: 1 },
          { x: 90, y: 90 },
          { x: 9, y: 200 },
        ],
      },
      {
        tool: 'pen',
        color: '#000',
        size: 1e300,
        opacity: 1e300,
        points: [
          { x: 1e300, y: -1e300 },
          { x: 9, y: 9 },
        ],
      },
    ],
    texts: [{ type: 'text', text: HOSTILE_TEXT, x: 10, y: 300, color: markup, fontSize: 'NaN', fontFamily: markup }],
  };
  return Buffer.from(JSON.stringify({ activePageId: markup, pages: [page] }));
}
