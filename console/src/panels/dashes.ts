/** A dash for every line of a plot, so that colour is never needed to tell them apart. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [12, 4], [1, 5]];
