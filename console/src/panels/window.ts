/** Which rows of a long list are on screen: arithmetic of a list whose rows all have one height. */

export interface Window {
  first: number; // index of the first row that is drawn
  end: number; // one past the last
  above: number; // px of rows that are not drawn above
  below: number;
}

/** The rows to draw for a scroll position, with some more on both sides so that scrolling never shows a hole. */
export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number, spare = 8): Window {
  if (count <= 0 || rowHeight <= 0) return { first: 0, end: 0, above: 0, below: 0 };
  const most = Math.max(0, count * rowHeight - height); // a list that has shrunk may be scrolled past its end
  const top = Math.min(Math.max(0, scrollTop), most);
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  const end = Math.min(count, Math.ceil((top + Math.max(0, height)) / rowHeight) + spare);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** The scroll position at which a row is wholly in view, moving as little as can be. `head` px of the top are covered. */
export function scrollTo(index: number, scrollTop: number, height: number, rowHeight: number, head = 0): number {
  const top = index * rowHeight;
  const room = Math.max(rowHeight, height - head);
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + room) return top + rowHeight - room;
  return scrollTop;
}

/** Where a key takes the cursor of a list; null for a key that moves nothing. */
export function moved(key: string, at: number, count: number, page: number): number | null {
  if (count <= 0) return null;
  const within = (index: number) => Math.min(count - 1, Math.max(0, index));
  switch (key) {
    case "ArrowDown":
      return within(at + 1);
    case "ArrowUp":
      return within(at < 0 ? 0 : at - 1);
    case "PageDown":
      return within(at + Math.max(1, page));
    case "PageUp":
      return within(at - Math.max(1, page));
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
