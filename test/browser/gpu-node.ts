import { existsSync } from 'node:fs';

/** Where distributions put the driver of SwiftShader, a GPU in software, that comes with Chromium. */
const places = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
];

/**
 * Lets WebGPU in Node find a device: the one that VK_ICD_FILENAMES names, else SwiftShader. Says why not, where there
 * is none. To be called before WebGPU is first used in this process.
 */
export function findVulkanDriver(): { readonly missing?: string } {
  if (process.platform !== 'linux') return {};
  if (process.env.VK_ICD_FILENAMES) return {};
  const driver = places.find((place) => existsSync(place));
  if (driver === undefined) {
    return {
      missing:
        'no Vulkan driver is named by VK_ICD_FILENAMES, and Chromium with SwiftShader is not installed',
    };
  }
  process.env.VK_ICD_FILENAMES = driver;
  return {};
}
