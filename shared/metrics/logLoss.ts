/**
 * Mean cross-entropy −log softmax(logits)[label], each image weighted by its class: Σ wᵢ·ceᵢ / Σ wᵢ. From logits, so that a confident
 * mistake gives a large number, not an infinite one.
 *
 * @param logits        [N, K] row-major
 * @param classWeights  K weights
 * @returns NaN without images
 * @see torch.nn.CrossEntropyLoss(weight); with weights of 1 sklearn.metrics.log_loss of the softmax
 */
export function crossEntropy(
  logits: ArrayLike<number>,
  labels: readonly number[],
  classWeights: readonly number[],
): number {
  const classCount = classWeights.length;
  let sum = 0;
  let total = 0;
  labels.forEach((label, i) => {
    const weight = classWeights[label]!;
    sum += weight * (logSumExp(logits, i * classCount, classCount) - logits[i * classCount + label]!);
    total += weight;
  });
  return sum / total;
}

function logSumExp(logits: ArrayLike<number>, start: number, count: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) highest = Math.max(highest, logits[start + k]!);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(logits[start + k]! - highest);
  return highest + Math.log(sum);
}
