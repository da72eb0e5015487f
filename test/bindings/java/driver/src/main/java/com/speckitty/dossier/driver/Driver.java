package com.speckitty.dossier.driver;

import build.buf.protovalidate.exceptions.ValidationException;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.protobuf.Message;
import com.speckitty.dossier.v1.ArtifactIdentity;
import com.speckitty.dossier.v1.ContentHashRef;
import com.speckitty.dossier.v1.Event;
import com.speckitty.dossier.v1.LocalNamespaceTuple;
import com.speckitty.dossier.v1.MissionDossierArtifactIndexedPayload;
import com.speckitty.dossier.v1.MissionDossierArtifactMissingPayload;
import com.speckitty.dossier.v1.MissionDossierParityDriftDetectedPayload;
import com.speckitty.dossier.v1.MissionDossierSnapshotComputedPayload;
import com.speckitty.dossier.v1.MissionDossierState;
import com.speckitty.dossier.v1.ProvenanceRef;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the results of the stock libraries for every vector of a file, as JSON Lines. */
public final class Driver {
  private static final int WRONG_INPUT = 2;

  /** The messages of the contract by full name, since Java has no registry of generated types. */
  private static final Map<String, Message> PROTOTYPES =
      Stream.of(
              ArtifactIdentity.getDefaultInstance(),
              ContentHashRef.getDefaultInstance(),
              Event.getDefaultInstance(),
              LocalNamespaceTuple.getDefaultInstance(),
              MissionDossierArtifactIndexedPayload.getDefaultInstance(),
              MissionDossierArtifactMissingPayload.getDefaultInstance(),
              MissionDossierParityDriftDetectedPayload.getDefaultInstance(),
              MissionDossierSnapshotComputedPayload.getDefaultInstance(),
              MissionDossierState.getDefaultInstance(),
              MissionDossierState.AnomalyEntry.getDefaultInstance(),
              MissionDossierState.ArtifactEntry.getDefaultInstance(),
              MissionDossierState.DriftRecord.getDefaultInstance(),
              MissionDossierState.SnapshotSummary.getDefaultInstance(),
              ProvenanceRef.getDefaultInstance(),
              com.speckitty.dossier.v3.Event.getDefaultInstance(),
              com.speckitty.dossier.v3.MissionDossierArtifactIndexedPayload.getDefaultInstance(),
              com.speckitty.dossier.v3.MissionDossierArtifactMissingPayload.getDefaultInstance(),
              com.speckitty.dossier.v3.MissionDossierParityDriftDetectedPayload.getDefaultInstance(),
              com.speckitty.dossier.v3.MissionDossierSnapshotComputedPayload.getDefaultInstance(),
              com.speckitty.dossier.v3.MissionDossierState.getDefaultInstance())
          .collect(
              Collectors.toUnmodifiableMap(
                  prototype -> prototype.getDescriptorForType().getFullName(),
                  Function.identity()));

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .serializeNulls()
          .disableHtmlEscaping()
          .create();

  private Driver() {}

  /** Takes the path of the vectors as its only argument. */
  public static void main(String[] args) throws IOException, ValidationException {
    try {
      if (args.length != 1) {
        throw new WrongInputException("usage: mission-dossier-driver VECTORS");
      }
      report(readVectors(args[0]));
    } catch (WrongInputException e) {
      System.err.println(e.getMessage());
      System.exit(WRONG_INPUT);
    }
  }

  private static void report(List<Vector> vectors)
      throws IOException, ValidationException, WrongInputException {
    Observer observer = new Observer();
    // System.out would write in the charset of the locale and swallow errors.
    try (Writer output =
        new BufferedWriter(
            new OutputStreamWriter(
                new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8))) {
      for (Vector vector : vectors) {
        Message prototype = PROTOTYPES.get(vector.message);
        if (prototype == null) {
          throw new WrongInputException(
              "%s: the bindings have no message %s".formatted(vector.id, vector.message));
        }
        output.write(GSON.toJson(observer.observe(vector, prototype)));
        output.write('\n');
      }
    }
  }

  private static List<Vector> readVectors(String file) throws WrongInputException {
    List<Vector> vectors = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        Vector vector = GSON.fromJson(line, Vector.class);
        if (vector == null || !vector.isComplete()) {
          throw new JsonParseException("line %d is not a vector".formatted(vectors.size() + 1));
        }
        vectors.add(vector);
      }
    } catch (IOException | InvalidPathException | JsonParseException e) {
      throw new WrongInputException("cannot read %s: %s".formatted(file, e));
    }
    return vectors;
  }

  /** Thrown for a wrong argument or file. The message is for the user. */
  private static final class WrongInputException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongInputException(String message) {
      super(message);
    }
  }
}
