/** What the long table needs to know of a column. */
export interface GridColumn {
  id: string;
  label: string;
  unit?: string;
  isNumber?: boolean;
  width: number; // px; the last one takes what is left
  hint?: string;
}

export interface Order {
  column: string;
  isDown: boolean;
}
