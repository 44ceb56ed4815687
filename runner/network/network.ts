// network/: the networks, written once over the seven operations of operations.ts: one file each (resnet.ts), found by name in
// architecture.ts. Absent: ONNX, engines, gradients. Interpreters give the operations a meaning: shapes and parameter names here,
// inference graphs and training steps in programs/.
import type { Part } from '../../shared/contracts/architectures.ts';
import type { WeightsLayout } from '../../shared/contracts/events.ts';
import type { Operations } from './operations.ts';

/** The arithmetic of one network and its names in files. Its data are in shared/contracts/architectures.ts. */
export interface NetworkDefinition {
  /**
   * One part of the network. Parameters appear in the order of torchvision's state_dict. The last part below the head ends with
   * the pooling.
   *
   * @param x  output of the part below; the normalized image for the first part. The head takes [N, C].
   * @returns output of the part; [N, classCount] for the head
   */
  apply<T>(o: Operations<T>, part: Part, x: T, classCount: number): T;
  readonly files: FileNames;
}

/** Names of a network's parameters in files; the same for all networks of a family. */
export interface FileNames {
  /** "ResNet". */
  readonly family: string;
  readonly namings: readonly Naming[];
  /** Two parameters of every network of the family, by torchvision's names: in the first convolution and the first block. */
  readonly landmarks: readonly [first: string, block: string];
  /**
   * A word that distinguishes the networks of the family, from names alone.
   * @param has  whether the file contains a parameter, by torchvision's name
   */
  skeleton(has: (name: string) => boolean): string;
  /** Another network with the family's names, in words: "a ResNeXt"; undefined: a plain one by its parts. */
  specialKind(found: FoundNetwork): string | undefined;
  /** Occurs in files of the family's relatives. */
  readonly nameOfRelatives: RegExp;
  /** Marks in such files, the most telling ones first. */
  readonly relatives: readonly Mark[];
}

/** A network in a file. Parameters have torchvision's names. */
export interface FoundNetwork {
  readonly naming: Naming['name'];
  /** FileNames.skeleton() of it. */
  readonly skeleton: string;
  /** undefined: the file lacks it, or has it in another form than a plain tensor. */
  shapeOf(name: string): readonly number[] | undefined;
  has(name: string): boolean;
  /** True if a name in the file, without the prefix, matches. */
  hasName(pattern: RegExp): boolean;
}

/** A name that shows what a file contains. */
export interface Mark {
  readonly name: RegExp;
  readonly words: string;
}

/** A tool's names of the parameters; one prefix precedes them all. */
export interface Naming {
  readonly name: WeightsLayout['naming'];
  /** torchvision's name -> the file's: `layer1.0.conv1.weight` -> `4.0.conv1.weight`. */
  readonly inFile: (name: string) => string;
  /** True for names of the backbone: an unknown one among them belongs to another network, not to a head. */
  readonly isOfBackbone: (nameInFile: string) => boolean;
}
