/** What the long table needs to know of a column. */
export interface GridColumn {
  id: string;
  label: string;
  unit?: string;
  isNumber?: boolean;
  width: number; // px, where there is room; the last one takes what is left
  least?: number; // px, below which it gets no narrower: the table scrolls sideways instead
  hint?: string;
}

export interface Order {
  column: string;
  isDown: boolean;
}
