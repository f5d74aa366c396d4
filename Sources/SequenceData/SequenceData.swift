// SequenceData
