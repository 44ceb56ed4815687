// A Vulkan layer over a driver that makes it fail as real ones do. What to do stands in the environment:
//   FAULTY_LOST_AFTER=N   from the N-th submission on the device is lost
//   FAULTY_HANG_AFTER=N   the N-th submission does not return
//   FAULTY_MEMORY_MB=N    the device has N megabytes
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

static PFN_vkGetInstanceProcAddr nextInstance;
static PFN_vkGetDeviceProcAddr nextDevice;
static VkDevice theDevice;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long submissions, allocated;
static int lost;

enum { MOST = 65536 };
static struct {
  VkDeviceMemory memory;
  long size;
} pieces[MOST];

static long setting(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : -1;
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyQueueSubmit(VkQueue queue, uint32_t count, const VkSubmitInfo *infos, VkFence fence) {
  long n = __sync_add_and_fetch(&submissions, 1);
  long lose = setting("FAULTY_LOST_AFTER"), hang = setting("FAULTY_HANG_AFTER");
  while (hang >= 0 && n >= hang) sleep(1000);
  if (lose >= 0 && n >= lose) lost = 1;
  if (lost) return VK_ERROR_DEVICE_LOST;
  return ((PFN_vkQueueSubmit)nextDevice(theDevice, "vkQueueSubmit"))(queue, count, infos, fence);
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyWaitForFences(VkDevice device, uint32_t count, const VkFence *fences, VkBool32 all, uint64_t timeout) {
  if (lost) return VK_ERROR_DEVICE_LOST;
  return ((PFN_vkWaitForFences)nextDevice(device, "vkWaitForFences"))(device, count, fences, all, timeout);
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyGetFenceStatus(VkDevice device, VkFence fence) {
  if (lost) return VK_ERROR_DEVICE_LOST;
  return ((PFN_vkGetFenceStatus)nextDevice(device, "vkGetFenceStatus"))(device, fence);
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyAllocateMemory(VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *callbacks, VkDeviceMemory *memory) {
  long limit = setting("FAULTY_MEMORY_MB");
  pthread_mutex_lock(&lock);
  VkResult result;
  if (limit >= 0 && allocated + (long)info->allocationSize > limit * 1048576) result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  else result = ((PFN_vkAllocateMemory)nextDevice(device, "vkAllocateMemory"))(device, info, callbacks, memory);
  if (result == VK_SUCCESS)
    for (int i = 0; i < MOST; i++)
      if (!pieces[i].size) {
        pieces[i].memory = *memory;
        pieces[i].size = (long)info->allocationSize;
        allocated += pieces[i].size;
        break;
      }
  pthread_mutex_unlock(&lock);
  return result;
}

static VKAPI_ATTR void VKAPI_CALL faultyFreeMemory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks *callbacks) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MOST; i++)
    if (pieces[i].size && pieces[i].memory == memory) {
      allocated -= pieces[i].size;
      pieces[i].size = 0;
      break;
    }
  pthread_mutex_unlock(&lock);
  ((PFN_vkFreeMemory)nextDevice(device, "vkFreeMemory"))(device, memory, callbacks);
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyCreateInstance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *callbacks, VkInstance *instance) {
  VkLayerInstanceCreateInfo *chain = (VkLayerInstanceCreateInfo *)info->pNext;
  while (chain && !(chain->sType == VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO && chain->function == VK_LAYER_LINK_INFO))
    chain = (VkLayerInstanceCreateInfo *)chain->pNext;
  if (!chain) return VK_ERROR_INITIALIZATION_FAILED;
  nextInstance = chain->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  chain->u.pLayerInfo = chain->u.pLayerInfo->pNext;
  return ((PFN_vkCreateInstance)nextInstance(NULL, "vkCreateInstance"))(info, callbacks, instance);
}

static VKAPI_ATTR VkResult VKAPI_CALL faultyCreateDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *callbacks, VkDevice *device) {
  VkLayerDeviceCreateInfo *chain = (VkLayerDeviceCreateInfo *)info->pNext;
  while (chain && !(chain->sType == VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO && chain->function == VK_LAYER_LINK_INFO))
    chain = (VkLayerDeviceCreateInfo *)chain->pNext;
  if (!chain) return VK_ERROR_INITIALIZATION_FAILED;
  PFN_vkGetInstanceProcAddr instanceNext = chain->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  nextDevice = chain->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  chain->u.pLayerInfo = chain->u.pLayerInfo->pNext;
  VkResult result = ((PFN_vkCreateDevice)instanceNext(NULL, "vkCreateDevice"))(physical, info, callbacks, device);
  if (result == VK_SUCCESS) theDevice = *device;
  return result;
}

static const struct { const char *name; PFN_vkVoidFunction function; } ours[] = {
  {"vkCreateInstance", (PFN_vkVoidFunction)faultyCreateInstance},
  {"vkCreateDevice", (PFN_vkVoidFunction)faultyCreateDevice},
  {"vkQueueSubmit", (PFN_vkVoidFunction)faultyQueueSubmit},
  {"vkWaitForFences", (PFN_vkVoidFunction)faultyWaitForFences},
  {"vkGetFenceStatus", (PFN_vkVoidFunction)faultyGetFenceStatus},
  {"vkAllocateMemory", (PFN_vkVoidFunction)faultyAllocateMemory},
  {"vkFreeMemory", (PFN_vkVoidFunction)faultyFreeMemory},
};

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL faultyGetDeviceProcAddr(VkDevice device, const char *name) {
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)faultyGetDeviceProcAddr;
  for (size_t i = 2; i < sizeof ours / sizeof *ours; i++)
    if (!strcmp(name, ours[i].name)) return ours[i].function;
  return nextDevice(device, name);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL faultyGetInstanceProcAddr(VkInstance instance, const char *name) {
  if (!strcmp(name, "vkGetInstanceProcAddr")) return (PFN_vkVoidFunction)faultyGetInstanceProcAddr;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)faultyGetDeviceProcAddr;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (!strcmp(name, ours[i].name)) return ours[i].function;
  return nextInstance(instance, name);
}

extern "C" VKAPI_ATTR VkResult VKAPI_CALL vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface *negotiated) {
  negotiated->loaderLayerInterfaceVersion = 2;
  negotiated->pfnGetInstanceProcAddr = faultyGetInstanceProcAddr;
  negotiated->pfnGetDeviceProcAddr = faultyGetDeviceProcAddr;
  negotiated->pfnGetPhysicalDeviceProcAddr = NULL;
  return VK_SUCCESS;
}
