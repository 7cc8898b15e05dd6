// The legend of the pictures in sight: what it switches is switched in all of them, by name, since two runs may differ in
// their message types.
import { layersOf, type Layer } from './layers.ts';
import { legend } from './overlay/legend.ts';
import type { Pane } from './pane.ts';

/** The legend; `onChange` is called when a message type was switched, `onRoom` when a layer was, for lanes may grow. */
export function legendOf(panes: readonly Pane[], onChange: () => void, onRoom: () => void): HTMLElement {
  const { picture, model, shown } = panes.at(-1) as Pane;
  const onToggle = (type: number): void => {
    const name = model.messages.types[type]?.name;
    for (const pane of panes) {
      const place = pane.model.messages.types.findIndex((each) => each.name === name);
      if (place >= 0 && !pane.picture.hidden.delete(place)) pane.picture.hidden.add(place);
    }
    onChange();
  };
  const onLayer = (layer: Layer): void => {
    for (const pane of panes) if (!pane.picture.layers.delete(layer)) pane.picture.layers.add(layer);
    onRoom();
  };
  const { hidden, layers } = picture;
  return legend({ model, ...picture.look, hidden, offered: layersOf(shown), shown: layers, onToggle, onLayer });
}
