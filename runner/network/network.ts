// network/: what a network is, written once over the seven operations of operations.ts: a file each (resnet.ts), found by name in
// architecture.ts. Absent: ONNX, engines, gradients. Programs give the operations a meaning: shapes and parameter names here, inference
// graphs and training steps in programs/.
import type { Part } from '../../shared/contracts/architectures.ts';
import type { WeightsLayout } from '../../shared/contracts/events.ts';
import type { Operations } from './operations.ts';

/** The arithmetic of one network and its names in files. What is data of it: shared/contracts/architectures.ts. */
export interface NetworkDefinition {
  /**
   * One part of the network. Parameters appear in the order of torchvision's state_dict. The last part below the head ends with
   * the pooling.
   *
   * @param x  the output of the part below; the normalised image for the first part. The head takes [N, C].
   * @returns what the part puts out; [N, classCount] for the head
   */
  apply<T>(o: Operations<T>, part: Part, x: T, classCount: number): T;
  readonly files: FileNames;
}

/** The names by which files hold a network; one for all networks of a family. */
export interface FileNames {
  readonly namings: readonly Naming[];
  /** Two parameters that every network of the family has, by torchvision's names: of the first convolution and the first block. */
  readonly landmarks: readonly [first: string, block: string];
  /**
   * The names alone as a word that tells the networks of the family apart.
   * @param has  whether the file holds a parameter, by torchvision's name
   */
  skeleton(has: (name: string) => boolean): string;
}

/** How a tool names the parameters; one prefix precedes them all. */
export interface Naming {
  readonly name: WeightsLayout['naming'];
  /** torchvision's name -> the file's: `layer1.0.conv1.weight` -> `4.0.conv1.weight`. */
  readonly inFile: (name: string) => string;
  /** Names of the backbone itself: an unknown one among them belongs to another network, not to a head. */
  readonly isOfBackbone: (nameInFile: string) => boolean;
}
