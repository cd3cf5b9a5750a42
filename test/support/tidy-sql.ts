/** A statement without blank lines and without the indentation of the code around it. */
export const tidySql = (text: string): string => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.slice(1).map((line) => line.search(/\S/)));
  return lines.map((line, i) => (i === 0 ? line.trim() : line.slice(indent))).join('\n');
};
