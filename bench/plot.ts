/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** A group of bars with a heading; shorter is better in all of them. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const [WIDTH, LABELS, ROW, HEADING] = [760, 220, 24, 44];

/** Horizontal bars as SVG, readable on light and dark pages. */
export function plot(panels: readonly Panel[]): string {
  let top = 8;
  const parts = panels.map((panel) => {
    const drawn = drawPanel(panel, top);
    top += HEADING + panel.bars.length * ROW;
    return drawn;
  });
  const style = 'text{font:13px system-ui,sans-serif;fill:#888}.title{font-weight:600}';
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 8}" role="img">`;
  return `${open}\n<title>What a review costs</title>\n<style>${style}</style>\n${parts.join('\n')}\n</svg>\n`;
}

function drawPanel({ title, unit, bars }: Panel, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value), 1e-9);
  const room = WIDTH - LABELS - 90;
  const rows = bars.map(({ label, value }, index) => {
    const y = top + HEADING - 12 + index * ROW;
    const length = Math.max(1, (Math.max(0, value) / most) * room).toFixed(1);
    const fill = index === 0 ? '#2f81f7' : '#9aa4b2';
    return [
      `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${label}</text>`,
      `<rect x="${LABELS}" y="${y}" width="${length}" height="16" rx="2" fill="${fill}"/>`,
      `<text x="${LABELS + Number(length) + 6}" y="${y + 13}">${value.toFixed(value < 10 ? 2 : 0)} ${unit}</text>`,
    ].join('\n');
  });
  return `<text class="title" x="8" y="${top + 20}">${title}</text>\n${rows.join('\n')}`;
}
