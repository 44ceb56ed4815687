// The names of the contact sheet's elements, in one place.
import { defineControls } from '../components/controls.ts';
import { Findings } from '../components/findings.ts';
import { Notices } from '../components/notices.ts';
import { DatasetCardView } from './datasetCard.ts';
import { SheetFilters } from './sheetFilters.ts';
import { SheetGroupView } from './sheetGroup.ts';
import { SheetPanel } from './sheetPanel.ts';

export function defineElements(): void {
  defineControls();
  for (const [name, element] of Object.entries({
    'sh-dataset-card': DatasetCardView,
    'sh-findings': Findings,
    'sh-notices': Notices,
    'sh-sheet-filters': SheetFilters,
    'sh-sheet-group': SheetGroupView,
    'sh-sheet-panel': SheetPanel,
  }))
    customElements.define(name, element);
}
