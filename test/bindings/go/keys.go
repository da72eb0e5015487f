package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	dossierv1 "github.com/speckitty/mission-dossier-go/speckitty/dossier/v1"
)

// stateKeys has the key of a state's namespace by scope, which is null without a
// namespace, and its parity hash by rule.
type stateKeys struct {
	NamespaceKey map[string]string `json:"namespace_key"`
	ParityHash   map[string]string `json:"parity_hash"`
}

func keysOf(state *dossierv1.MissionDossierState) *stateKeys {
	keys := &stateKeys{ParityHash: map[string]string{
		"path-hash": pathHash(state),
		"hashes":    hashes(state),
	}}
	if ns := state.GetNamespace(); ns != nil {
		keys.NamespaceKey = map[string]string{
			"mission": namespaceKey(ns, false),
			"step":    namespaceKey(ns, true),
		}
	}
	return keys
}

func namespaceKey(ns *dossierv1.LocalNamespaceTuple, ofStep bool) string {
	digest := sha256.New()
	for _, text := range []string{
		ns.GetProjectUuid(), ns.GetFeatureSlug(), ns.GetTargetBranch(),
		ns.GetMissionKey(), ns.GetManifestVersion(),
	} {
		writeWithLength(digest, text)
	}
	if ofStep && ns.StepId == nil {
		digest.Write([]byte{0})
	} else if ofStep {
		digest.Write([]byte{1})
		writeWithLength(digest, ns.GetStepId())
	}
	return hex.EncodeToString(digest.Sum(nil))[:32]
}

func writeWithLength(digest hash.Hash, text string) {
	digest.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text))))
	io.WriteString(digest, text)
}

func pathHash(state *dossierv1.MissionDossierState) string {
	contents := present(state)
	var lines []string
	// Go sorts text by byte, which in UTF-8 is by code point.
	for _, path := range slices.Sorted(maps.Keys(contents)) {
		lines = append(lines, path+"\t"+contents[path])
	}
	return "sha256:" + digestOf(strings.Join(lines, "\n"))
}

func hashes(state *dossierv1.MissionDossierState) string {
	return digestOf(strings.Join(slices.Sorted(maps.Values(present(state))), ""))
}

// present returns the content hashes of the artifacts that are present, by path.
func present(state *dossierv1.MissionDossierState) map[string]string {
	contents := map[string]string{}
	for path, entry := range state.GetArtifacts() {
		if !entry.GetSuperseded() {
			contents[path] = bare(entry.GetContentRef().GetHash())
		}
	}
	return contents
}

func bare(contentHash string) string {
	for _, prefix := range []string{"sha256:", "sha512:", "md5:"} {
		if rest, ok := strings.CutPrefix(contentHash, prefix); ok {
			return rest
		}
	}
	return contentHash
}

func digestOf(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}
