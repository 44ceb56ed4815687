// ONNX Runtime's CUDA provider and the NVIDIA libraries that it needs. The npm package lacks both: the provider comes
// from the Python package of the same version and commit, the libraries from NVIDIA's packages. They belong to one CUDA release,
// the one that PyTorch 2.15 uses, with its cuDNN.
import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import type { Installable } from '../installable.ts';
import {
  areInstalled,
  diskBytesOf,
  downloadBytesOf,
  installPackages,
  type PackageSet,
  type PinnedPackage,
  packageFolder,
} from '../packages.ts';

export const cudaPackages: readonly PinnedPackage[] = [
  {
    name: 'onnxruntime',
    path: 'packages/ea/71/b225bd559a718f6cefb058d4f4c4c95e556543f47d4be0e81819681ac347/onnxruntime_gpu-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl',
    sha256: '4fbf0c5d7b5fb99266c2e8a802e3e64af68bdc383e0f3c7349b985f1087eedaa',
    sizeBytes: 246_658_419,
    members: {
      'onnxruntime/capi/libonnxruntime_providers_cuda.so': 272_049_904,
      'onnxruntime/capi/libonnxruntime_providers_shared.so': 14_632,
      'onnxruntime/LICENSE': 1073,
      'onnxruntime/ThirdPartyNotices.txt': 338_088,
    },
  },
  {
    name: 'cudart',
    path: 'packages/70/c6/8f8c5e893d183082ea78f973aebc7ebc845ee219d68bddac73b0f62490fe/nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0',
    sizeBytes: 2_323_576,
    members: {
      'nvidia/cu13/lib/libcudart.so.13': 773_920,
      'nvidia_cuda_runtime-13.2.86.dist-info/licenses/License.txt': 59_262,
    },
  },
  {
    name: 'nvrtc',
    path: 'packages/1e/39/c58835ec8392a91b8d7bad83760eafc3085f64788b722ec2b44a27b3ca3e/nvidia_cuda_nvrtc-13.2.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '8111c5130e967b78222ea2124145f8efe9ce201b752b2579a2513100a53be1c5',
    sizeBytes: 47_018_468,
    members: {
      'nvidia/cu13/lib/libnvrtc.so.13': 115_333_336,
      'nvidia/cu13/lib/libnvrtc-builtins.so.13.2': 4_442_056,
      'nvidia_cuda_nvrtc-13.2.86.dist-info/licenses/License.txt': 59_262,
    },
  },
  {
    name: 'curand',
    path: 'packages/c9/ca/9701cd19be422d6c1e1a1473c89b20c88c97a53be9cda3afd9627b482427/nvidia_curand-10.4.2.66-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '9bb3796a2f6223454b2e326e3d7572c1500cfa4d629de827676b4eeecd30ab0c',
    sizeBytes: 59_954_122,
    members: {
      'nvidia/cu13/lib/libcurand.so.10': 133_931_224,
      'nvidia_curand-10.4.2.66.dist-info/licenses/License.txt': 59_262,
    },
  },
  {
    name: 'cublas',
    path: 'packages/e1/97/d483a41da34df5c88727c57319576967f6d7befba5028d70928d2999635e/nvidia_cublas-13.4.1.3-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'a5917cb642cfb07f4a0231ee16aec7e2e0357d8cb8b1b78a0c9c68dba3e6afc7',
    sizeBytes: 404_870_805,
    members: {
      'nvidia/cu13/lib/libcublas.so.13': 54_198_912,
      'nvidia/cu13/lib/libcublasLt.so.13': 508_260_928,
      'nvidia_cublas-13.4.1.3.dist-info/licenses/License.txt': 59_262,
    },
  },
  {
    name: 'cudnn',
    path: 'packages/ac/1b/ea72dd62f26ce3e0a7870b85148b75a5987507629b712deebeb87f7cce9a/nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '9c976d539786698c71d6bcdbe2053b7485fae062ff7e1215d2f2ff67b1a2149a',
    sizeBytes: 519_150_073,
    members: {
      'nvidia/cudnn/lib/libcudnn.so.9': 133_336,
      'nvidia/cudnn/lib/libcudnn_adv.so.9': 109_169_128,
      'nvidia/cudnn/lib/libcudnn_cnn.so.9': 4_203_984,
      'nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9': 264_266_304,
      'nvidia/cudnn/lib/libcudnn_engines_runtime_compiled.so.9': 35_684_088,
      'nvidia/cudnn/lib/libcudnn_engines_tensor_ir.so.9': 216_026_128,
      'nvidia/cudnn/lib/libcudnn_ext.so.9': 8_402_008,
      'nvidia/cudnn/lib/libcudnn_graph.so.9': 134_433_840,
      'nvidia/cudnn/lib/libcudnn_heuristic.so.9': 75_502_384,
      'nvidia/cudnn/lib/libcudnn_ops.so.9': 39_855_912,
      'nvidia_cudnn_cu13-9.26.0.51.dist-info/licenses/License.txt': 18_174,
    },
  },
];

/** Version of onnxruntime-node; the provider fits no other. */
export const cudaVersion = '1.30.0';

const folder = join(envPaths('shoulders', { suffix: '' }).data, 'cuda');

const set: PackageSet = {
  folder: join(folder, cudaVersion),
  source: 'https://files.pythonhosted.org/',
  packages: cudaPackages,
  // ONNX Runtime looks for its providers in its own folder.
  async complete(packageName, into) {
    if (packageName === 'onnxruntime') await copyFile(ownLibrary(), join(into, 'libonnxruntime.so.1'));
  },
};

function ownLibrary(): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', 'linux', 'x64', 'libonnxruntime.so.1');
}

/** Folders searched for libraries before all others. */
export const cudaLibraryFolders = (): string[] => cudaPackages.map((one) => packageFolder(set, one));

export const cuda: Installable = {
  name: 'cuda',
  downloadBytes: downloadBytesOf(cudaPackages),
  diskBytes: diskBytesOf(cudaPackages),
  source: set.source,
  mirrored: true,
  addresses: cudaPackages.map(({ path }) => set.source + path),
  licences: [
    { name: 'ONNX Runtime: MIT', address: 'https://github.com/microsoft/onnxruntime/blob/main/LICENSE' },
    { name: 'NVIDIA CUDA Toolkit EULA', address: 'https://docs.nvidia.com/cuda/eula/index.html' },
    { name: 'NVIDIA cuDNN licence', address: 'https://docs.nvidia.com/deeplearning/cudnn/latest/reference/eula.html' },
  ],
  use: 'Use it with --engine cuda, or leave the choice to --engine auto.',
  folder,
  offeredOn: ({ platform, arch }) => platform === 'linux' && arch === 'x64',
  isInstalled: () => areInstalled(set),
  async install(io) {
    await installPackages('cuda', set, io);
    return null;
  },
};
