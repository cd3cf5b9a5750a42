/** Reads RFC 4180 strictly, by a way of its own: one character after the other. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let i = 0; i < text.length; ) {
    let cell = '';
    if (text[i] === '"') {
      for (i++; !(text[i] === '"' && text[i + 1] !== '"'); i++) {
        if (i >= text.length) throw new Error('a quoted cell does not end');
        if (text[i] === '"') i++;
        cell += text[i];
      }
      i++;
    } else {
      for (; i < text.length && text[i] !== ',' && text[i] !== '\r'; i++) {
        if (text[i] === '"' || text[i] === '\n') throw new Error('not quoted');
        cell += text[i];
      }
    }
    row.push(cell);
    if (text[i] === ',') i++;
    else if (text.startsWith('\r\n', i)) {
      i += 2;
      rows.push(row);
      row = [];
    } else throw new Error(`unexpected ${JSON.stringify(text[i])}`);
  }
  if (row.length > 0) throw new Error('the last line does not end');
  return rows;
}
