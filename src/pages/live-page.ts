// The script of the pages of `mission-dossier serve`: the overview at `/`, a mission at `/m/KEY`.
import { LiveView } from "./live-view.js";

document.body.prepend(new LiveView(location.pathname).element);
