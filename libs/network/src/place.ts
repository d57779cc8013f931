/**
 * Where a layer stands in the graph. Without both it reads the layer before it: a network is a chain unless it says
 * more.
 */
export interface Place {
  /** Unique in the network, and not 'input'. */
  readonly name?: string;
  /** Names of the earlier layers that it reads, or 'input', the network's input. @default the layer before it */
  readonly from?: readonly string[];
}
