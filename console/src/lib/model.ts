/** What the console reads: the server's own types (made from its Structs), and what the page adds to them. */
export * from "./messages";
import type { Mode, ServerFrame, SnapshotFrame, UpdateFrame } from "./messages";

/** Who somebody is here, and what they may do. */
export interface Session {
  account: string | null;
  session: string | null;
  roles: string[];
  rights: string[]; // acknowledge, release, cancel, administer
  mode: Mode | null;
  needs_login: boolean;
  until_utc: string | null;
  place: string | null;
}

/** Frames that change the picture; the same for live and replay. */
export type PictureFrame = SnapshotFrame | UpdateFrame;
export type Frame = ServerFrame;
