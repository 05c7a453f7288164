/** The icon of each name in the route table, imported singly. It is complete by its type. */
import {
  Anchor,
  Cpu,
  FileBadge,
  FileQuestion,
  FolderPlus,
  House,
  Key,
  LifeBuoy,
  Lock,
  ScrollText,
  Search,
  Settings,
  Shield,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { IconName } from './route-table.ts';

export const ROUTE_ICONS: Record<IconName, LucideIcon> = {
  anchor: Anchor,
  cpu: Cpu,
  'file-badge': FileBadge,
  'file-question': FileQuestion,
  'folder-plus': FolderPlus,
  house: House,
  key: Key,
  'life-buoy': LifeBuoy,
  lock: Lock,
  'scroll-text': ScrollText,
  search: Search,
  settings: Settings,
  shield: Shield,
};
